/** The bundle that ships with the program: it plays, and is scored, where no other is named. */
import { join } from 'node:path';
import { PROJECT_ROOT } from '../core/project-root.js';

export const SHIPPED_BUNDLE = join(PROJECT_ROOT, 'models', 'arena-gru-512');
