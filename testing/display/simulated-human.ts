/** The person at the keyboard stands in src/desktop/x11, where `--fault human-keys` needs it too. */
export { SimulatedHuman } from '../../src/desktop/x11/simulated-human.js';
