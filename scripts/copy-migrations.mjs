// Runs before packing: copies Lading's own migrations and docs/errors.md from the root into the core package.
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs'

const target = new URL('../packages/core/migrations/', import.meta.url)
rmSync(target, { recursive: true, force: true })
cpSync(new URL('../migrations/lading/', import.meta.url), new URL('lading/', target), { recursive: true })

// `LadingError.docs` links to it.
const docs = new URL('../packages/core/docs/', import.meta.url)
mkdirSync(docs, { recursive: true })
copyFileSync(new URL('../docs/errors.md', import.meta.url), new URL('errors.md', docs))
