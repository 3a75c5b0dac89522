/**
 * Marks the fights of a recorded session, as the cues of its game's file tell.
 *
 *   understudy session mark sessions/evening --game my-game.json
 */
import { Command } from 'commander';
import { readGameFile } from '../../games/game-file.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { Signals } from '../signals.js';
import { makeOutput } from '../../terminal/output.js';

interface MarkOptions {
  readonly game: string;
  readonly again?: boolean;
  readonly json?: boolean;
}

export function markVerb(): Command {
  return new Command('mark')
    .description("mark the fights of a session that was recorded without markers, by its game's cues")
    .argument('<name>', 'a session: its path without ending, one of its files, or a name under sessions/')
    .requiredOption('--game <file>', 'the game file, or the name of one that ships')
    .option('--again', 'replace the markers that it has')
    .option('--json', 'print the fights as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy session mark sessions/evening --game my-game.json\n')
    .action(mark);
}

async function mark(session: string, { game, again = false, json = false }: MarkOptions): Promise<void> {
  const { markSession } = await import('../../runs/record/mark-session.js');
  const { resultLines } = await import('../../session/report.js');
  using signals = new Signals();
  const output = makeOutput(json);
  const line = new InPlaceLine(process.stderr);
  const report = await markSession({
    session,
    game: readGameFile(game),
    again,
    signal: signals.signal,
    onProgress: (done, total) => line.show(performance.now(), () => `${done} of ${total} frames`),
    say: (text) => output.say(text),
  }).finally(() => line.finish());
  if (report === null) return;
  const replaced = report.replaced > 0 ? `, in place of ${report.replaced}` : '';
  const head = `${report.session}: ${report.fights} fights marked${replaced}`;
  output.answer(report, [head, ...resultLines(report)].join('\n'));
}
