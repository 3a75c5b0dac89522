/** What the mapped keys mean to the programs of a desktop, which can change while an agent runs. Types only. */

export interface KeyMeaning extends Disposable {
  /**
   * Why a mapped key would not arrive as itself, for people; null while every key does: the layout may have been changed,
   * or Control, Alt, Super or AltGr may be on without a person's hand on them. To be asked before keys are pressed.
   *
   * @throws UnderstudyError where the desktop is gone
   */
  changedBecause(): string | null;
}
