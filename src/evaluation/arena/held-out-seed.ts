/** Arena seeds from here on are for scores alone: training and tuning never see them. */
export const HELD_OUT_SEED = 1_000_000;
