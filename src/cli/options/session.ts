/** The options of the verbs that read sessions, and how these verbs report what is unusual about one. */
import type { Command } from 'commander';
import { LABEL_RULES, type LabelRule } from '../../session/labels.js';
import { parseKeyMap } from '../../session/key-names.js';
import { reportNotices, type Notice } from '../../session/notices.js';
import { sayOnError } from '../../terminal/output.js';
import { choice, oneOf } from './values.js';

export function addLenient(command: Command): Command {
  return command.option('--lenient', 'skip broken lines, and say which');
}

export function addKeys(command: Command): Command {
  return command.option('--keys <list>', "what the log's keys mean, as in UP=w,JUMP=Key.space", (list: string) =>
    parseKeyMap(list),
  );
}

export function addLabels(command: Command): Command {
  const labels = oneOf<LabelRule>('--labels', LABEL_RULES);
  return command.option('--labels <rule>', `${LABEL_RULES.join(' or ')}: which presses a frame shows`, labels);
}

/** As {@link addLabels}, for the verbs whose `--labels` is something else. */
export function addLabelRule(command: Command): Command {
  return command.addOption(
    choice('--label-rule <rule>', `${LABEL_RULES.join(' or ')}: which presses a frame shows`, LABEL_RULES, 'at-frame'),
  );
}

/** Reports on standard error what is unusual about sessions. */
export function sayNotices(notices: readonly Notice[]): void {
  reportNotices(notices, sayOnError);
}
