/** The options that say where `game cue` and `game check` look. */
import type { Command } from 'commander';
import { addCapture, addWindowNaming } from './window.js';

/** The sides that a bar may fill from. */
export const GAME_SIDES = ['left', 'right', 'top', 'bottom'] as const;

export function addLookOptions(command: Command): Command {
  command.option('--session <name>', "look at a recorded session's video");
  const words = "look at this window: part of its title, or /a regular expression/; default: the file's";
  return addCapture(addWindowNaming(command, words));
}
