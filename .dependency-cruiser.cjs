// The layer rule: imports run down the road of the data, never sideways, never up, and never in a circle.
// Type imports count. ARCHITECTURE.md shows the same table; change both together.

/** Folders of packages/core/src by layer. A folder imports from lower layers and from itself. */
const layers = [
  ['util', 'errors'],
  ['config', 'metrics', 'engine/record'],
  ['engine/resource', 'postgres', 'engine/format', 'storage', 'engine/source'],
  ['engine/value', 'queue'],
  ['engine/catalogue', 'engine/validation'],
  ['engine/staging', 'engine/fast-path'],
  ['engine/import', 'engine/export'],
  ['jobs'],
  ['http'],
]

const core = '^packages/core/src'

const layerRules = layers.flatMap((folders, layer) =>
  folders.map(folder => {
    const above = layers
      .slice(layer)
      .flat()
      .filter(other => other !== folder)
    return {
      name: `core-${folder.replace('/', '-')}-imports-down`,
      comment: `core/src/${folder} (layer ${layer}) may import from lower layers and from itself only.`,
      severity: 'error',
      from: { path: `${core}/${folder}/` },
      to: { path: `${core}/(${above.join('|')})/|${core}/[^/]+\\.ts$` },
    }
  }),
)

/** What each folder of a large layer imports of that layer, beside itself. The files of the layer's own folder are its front. */
const stages = {
  jobs: {
    store: [],
    submit: ['store'],
    dispatch: ['store'],
    work: ['store'],
    lifecycle: ['store'],
    maintenance: ['store'],
    results: ['store'],
  },
  http: {
    wire: [],
    connection: ['wire'],
    admission: ['wire'],
    body: ['wire', 'admission'],
    response: ['wire'],
    submit: ['wire', 'body', 'http-service.ts'],
    handlers: ['wire', 'body', 'response', 'submit', 'http-service.ts'],
  },
}

const stageRules = Object.entries(stages).flatMap(([layer, folders]) => [
  ...Object.entries(folders).map(([folder, below]) => ({
    name: `core-${layer}-${folder}-imports-down`,
    comment: `core/src/${layer}/${folder} may import from ${[...below, 'itself'].join(', ')} only.`,
    severity: 'error',
    from: { path: `${core}/${layer}/${folder}/` },
    to: {
      path: `${core}/${layer}/`,
      pathNot: [folder, ...below].map(
        name => `${core}/${layer}/${name.replace('.', '\\.')}${name.includes('.') ? '$' : '/'}`,
      ),
    },
  })),
  {
    name: `core-${layer}-folder-without-a-stage`,
    comment: `A new folder of core/src/${layer} gets its place among the stages first.`,
    severity: 'error',
    from: {
      path: `${core}/${layer}/[^/]+/`,
      pathNot: `${core}/${layer}/(${Object.keys(folders).join('|')})/`,
    },
    to: {},
  },
])

module.exports = {
  forbidden: [
    ...layerRules,
    ...stageRules,
    {
      name: 'core-folder-without-a-layer',
      comment: 'A new folder of core/src gets its place in the table of layers first.',
      severity: 'error',
      from: { path: `${core}/[^/]+/`, pathNot: `${core}/(${layers.flat().join('|')})/` },
      to: {},
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'core-knows-no-other-package',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(packages/(?!core/)|examples|testdata|bench|test-support)/' },
    },
    {
      name: 'packages-meet-at-the-front-door',
      comment: 'A package sees another one by its exports only, never by a path into its folders.',
      severity: 'error',
      from: { path: '^(packages|examples)/([^/]+)/', pathNot: '/test/' },
      to: {
        path: '^packages/([^/]+)/src/',
        pathNot: [
          '^packages/$2/',
          '^packages/[^/]+/src/index\\.ts$',
          '^packages/core/src/http/index\\.ts$',
          '^packages/core/src/internal\\.ts$',
          '^packages/core/src/metrics/prometheus\\.ts$',
        ],
      },
    },
    {
      name: 'the-generator-judges-nothing',
      comment: 'The expected reports must not come from the code that they test.',
      severity: 'error',
      from: { path: '^testdata/' },
      to: { path: '^packages/' },
    },
    {
      name: 'no-dev-dependencies-in-source',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer', 'npm'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules|generated)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
    },
  },
}
