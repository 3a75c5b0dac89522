/** The card of a set, README.md: what it shows, how it was recorded, and what its columns mean. */
import { programVersion } from '../core/program-version.js';
import type { ActionOfKey } from '../session/key-names.js';
import { contractFingerprint, type PreprocessingContract } from '../vision/preprocessing-contract.js';
import { FORMAT_PAGE, GRAY_CAMERA, INTERVENTION, OWN_FILE } from './layout.js';
import type { ExportReport } from './export-report.js';

/** What a card says of a set. */
export interface CardFacts {
  readonly report: ExportReport;
  /** Of the gray camera; null without one. */
  readonly contract: PreprocessingContract | null;
  readonly game: string | null;
  readonly keys: ActionOfKey;
  /** `source` is what was recorded; null where the log does not say. */
  readonly sessions: readonly { readonly name: string; readonly source: string | null }[];
}

export function cardText({ report, contract, game, keys, sessions }: CardFacts): string {
  const { episodes, frames, fps, actions, cameras, task, outcomes } = report;
  const keysOf = (action: string): string =>
    [...keys].flatMap(([key, meaning]) => (meaning === action ? [`\`${key}\``] : [])).join(', ') || 'none';
  const sources = [...new Set(sessions.map(({ source }) => source ?? 'not known'))];
  const known = outcomes.won + outcomes.lost + outcomes.ended;
  return `---
license: other # fill in: the game's pictures belong to its makers
task_categories:
  - robotics
tags:
  - LeRobot
  - imitation-learning
  - game
configs:
  - config_name: default
    data_files: data/*/*.parquet
---

# ${game ?? 'A game'}, recorded by understudy

Episodes are fights of a game. Each frame has the picture that was on the screen and the keys that were held.

| | |
| --- | --- |
| game | ${game ?? 'not named'} |
| recorded from | ${sources.join('; ')} |
| episodes | ${episodes} fights, ${frames} frames at ${fps} Hz (${(frames / fps / 60).toFixed(1)} minutes) |
| outcomes | ${known === 0 ? 'not known' : `${outcomes.won} won, ${outcomes.lost} lost, ${outcomes.ended} ended otherwise, ${outcomes.unknown} not known`} |
| task | ${task} |
| cameras | ${Object.entries(cameras)
    .map(([name, size]) => `\`${name}\` ${size}`)
    .join(', ')} |
| licence | to be filled in |

## Actions

\`action\` has ${actions.length} numbers, 1 where the action is held at the time of the frame and 0 where it is not, in this order:

| number | action | key |
| --- | --- | --- |
${actions.map((action, index) => `| ${index} | ${action} | ${keysOf(action)} |`).join('\n')}

The label of a frame is what is held at its own time (\`at-frame\`), not what is pressed next: a policy that is to act in time predicts
the action of a later frame, and how much later (its horizon) is for the training to choose.

## Other columns

- \`${INTERVENTION}\`: a person's hand moved. In a recording of an agent's play it is true while the person had taken over.
- \`next.success\`: true in the last frame of a fight that was won. Of a fight whose outcome is not known it is false.
- \`timestamp\` is the frame's place by the rate. Frames were grabbed on a fixed grid; one that was missed repeats the one before.
${contract === null ? '' : `- \`${GRAY_CAMERA}\` is what the model sees: ${contract.width}x${contract.height} gray (contract \`${contractFingerprint(contract).slice(0, 12)}\`), here as a lossy video of three equal channels.\n`}
\`${OWN_FILE}\` has the contract of the pictures, the rules of the actions and the sessions.

Made by understudy ${programVersion()}. The format is [LeRobotDataset v3.0](${FORMAT_PAGE}).
`;
}
