// The worker process as one file: it starts in a fifth of the time that it takes to transpile its sources each time.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** File that `node` runs as a worker. */
    workerFile: string
  }
}

let outDir: string

export async function setup(project: TestProject): Promise<void> {
  outDir = await mkdtemp(join(tmpdir(), 'lading-fault-worker-'))
  await build({
    entry: { worker: fileURLToPath(new URL('worker-process.ts', import.meta.url)) },
    outDir,
    format: 'esm',
    target: 'node20',
    silent: true,
    config: false,
    splitting: false,
    sourcemap: 'inline',
    noExternal: [/.*/],
    external: ['pg-native', 'pg-cloudflare'],
    // From the sources that are there now, never from a build that may be stale.
    esbuildOptions(options) {
      options.conditions = ['source', 'node']
    },
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
    },
    outExtension: () => ({ js: '.mjs' }),
  })
  project.provide('workerFile', join(outDir, 'worker.mjs'))
}

export async function teardown(): Promise<void> {
  await rm(outDir, { recursive: true })
}
