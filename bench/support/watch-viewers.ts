/**
 * Viewers of a live page, as many as five pages, in a separate process: they read everything and say that they drew it.
 * Says "watching" once all are, and on SIGTERM what they got.
 *
 *   node watch-viewers.js <url> <viewers>
 */
import { watchStream } from '../../testing/watch/watch-client.js';

const [url, count] = process.argv.slice(2);
const viewers = await Promise.all(Array.from({ length: Number(count) }, () => watchStream(url)));
await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.updates.length > 0)));
process.stdout.write('watching\n');
process.on('SIGTERM', () => {
  const ticks = viewers.map(({ updates }) => updates.reduce((sum, update) => sum + update.ticks.length, 0));
  const pictures = viewers.map((viewer) => viewer.pictures.length);
  process.stdout.write(`${JSON.stringify({ ticks: Math.min(...ticks), pictures: Math.min(...pictures) })}\n`, () =>
    process.exit(0),
  );
});
