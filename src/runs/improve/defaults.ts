/** What `improve` does where nothing else is asked for. */

/** Of rounds with a teacher. */
export const TAUGHT = {
  rounds: 3,
  fights: 40,
  firstSeed: 500_000,
  level: 'normal',
  teacherShare: 0.5,
  compareFights: 200,
} as const;

/** Of each agent, with --judge-by. */
export const JUDGE_FIGHTS = 20;
