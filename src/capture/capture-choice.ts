/** The values of `--capture`. Apart from what they open, so that naming them loads none of it. */
export const CAPTURE_CHOICES = ['auto', 'x11', 'node-screenshots', 'screenshot-desktop'] as const;
export type CaptureChoice = (typeof CAPTURE_CHOICES)[number];

/** One way of capturing a window. */
export type CaptureAdapter = Exclude<CaptureChoice, 'auto'>;
