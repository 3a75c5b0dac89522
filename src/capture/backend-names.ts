/** The values of `--capture`, in a separate file so that reading them loads no backend. */
export const CAPTURE_CHOICES = ['auto', 'x11', 'node-screenshots', 'screenshot-desktop'] as const;
export type CaptureChoice = (typeof CAPTURE_CHOICES)[number];

/** One way of capturing a window. */
export type CaptureAdapter = Exclude<CaptureChoice, 'auto'>;
