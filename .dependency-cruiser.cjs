/**
 * The direction of imports, as ARCHITECTURE.md draws it. A room may import the rooms listed for it and itself; a
 * native package is imported by exactly one file.
 */
const ROOMS = {
  core: [],
  x11: ['core'],
  vision: ['core'],
  capture: ['core', 'vision', 'x11'],
  policy: ['core', 'vision'],
  keyboard: ['core', 'vision', 'x11'],
  session: ['core', 'vision'],
  loopback: ['core'],
  arena: ['core', 'vision', 'loopback'],
  agent: ['core', 'vision'],
  control: ['core'],
  faults: ['core', 'vision'],
  watch: ['core', 'vision', 'agent', 'loopback'],
  benchmark: ['core', 'vision', 'agent'],
  terminal: ['core', 'vision'],
  evaluation: ['core', 'vision', 'agent', 'arena', 'policy', 'session'],
  training: ['core', 'vision', 'evaluation', 'policy', 'session'],
};

const NATIVE = {
  koffi: 'src/x11/native.ts',
  'onnxruntime-node': 'src/policy/onnx-session.ts',
  'node-screenshots': 'src/capture/node-screenshots.ts',
  'screenshot-desktop': 'src/capture/screenshot-desktop.ts',
  '@nut-tree/nut-js': 'src/keyboard/guard/nut-js.ts',
  '@napi-rs/canvas': 'src/arena/canvas.ts',
  sharp: 'src/vision/image-file.ts',
  '@napi-rs/webcodecs': 'src/session/video.ts',
  'uiohook-napi': 'src/keyboard/uiohook.ts',
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
      from: { pathNot: '^(src/cli|test|bench)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'product-code-imports-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
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
