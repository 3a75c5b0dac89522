/**
 * The direction of imports, as ARCHITECTURE.md draws it. A room may import the rooms listed for it and itself; a
 * native package is imported by exactly one file.
 */
const ROOMS = {
  core: [],
  system: ['core'],
  vision: ['core'],
  capture: ['core', 'vision'],
  desktop: ['core', 'system', 'vision', 'capture'],
  screen: ['core', 'system'],
  policy: ['core', 'vision'],
  keyboard: ['core', 'system', 'desktop'],
  session: ['core', 'vision'],
  lerobot: ['core', 'vision', 'session'],
  loopback: ['core'],
  arena: ['core', 'vision', 'loopback'],
  agent: ['core', 'vision'],
  control: ['core', 'system'],
  watch: ['core', 'vision', 'agent', 'loopback'],
  terminal: ['core', 'vision'],
  games: ['core', 'vision'],
  evaluation: ['core', 'vision', 'agent', 'arena', 'policy', 'session', 'terminal'],
  training: ['core', 'system', 'vision', 'evaluation', 'policy', 'session'],
  stepped: ['core', 'system', 'vision', 'agent', 'arena', 'games', 'policy', 'evaluation'],
  practice: ['core', 'arena', 'games', 'policy', 'terminal', 'evaluation', 'training', 'stepped'],
  fleet: ['core', 'system', 'arena', 'session', 'terminal', 'policy', 'evaluation', 'training'],
  runs: [
    'core',
    'system',
    'vision',
    'capture',
    'desktop',
    'screen',
    'policy',
    'keyboard',
    'session',
    'arena',
    'agent',
    'control',
    'watch',
    'terminal',
    'games',
    'evaluation',
    'training',
    'stepped',
  ],
};

const NATIVE = {
  koffi: 'src/system/ffi.ts',
  'onnxruntime-node': 'src/policy/onnx-session.ts',
  'node-screenshots': 'src/desktop/native/node-screenshots.ts',
  'screenshot-desktop': 'src/desktop/native/screenshot-desktop.ts',
  '@nut-tree/nut-js': 'src/desktop/native/nut-js.ts',
  '@napi-rs/canvas': 'src/arena/canvas.ts',
  sharp: 'src/vision/image-file.ts',
  '@napi-rs/webcodecs': 'src/session/video.ts',
  'uiohook-napi': 'src/desktop/native/uiohook.ts',
  vega: 'src/evaluation/figures/render.ts',
  'vega-lite': 'src/evaluation/figures/render.ts',
};

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-imports-the-cli',
      severity: 'error',
      from: { pathNot: '^(src/cli|test|testing|bench|models)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'product-code-imports-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|testing|bench|models)/' },
    },
    {
      name: 'only-choose-knows-the-platforms',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/desktop/(choose\\.ts$|x11/|native/|windows/)' },
      to: { path: '^src/desktop/(x11|native|windows)/' },
    },
    ...Object.entries(ROOMS).map(([room, allowed]) => ({
      name: `${room}-imports-only-${allowed.join('-') || 'nothing'}`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
    })),
    ...Object.entries(NATIVE).map(([name, file]) => ({
      name: `only-one-file-imports-${name.replace(/[^a-z-]/g, '')}`,
      severity: 'error',
      from: { path: '^src/', pathNot: `^${escape(file)}$` },
      to: { path: `node_modules/${escape(name)}/` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
