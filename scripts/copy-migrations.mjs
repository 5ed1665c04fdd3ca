// Before packing: copies Lading's own migrations and the page of codes from the root, their one source, into the core package.
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs'

const target = new URL('../packages/core/migrations/', import.meta.url)
rmSync(target, { recursive: true, force: true })
cpSync(new URL('../migrations/lading/', import.meta.url), new URL('lading/', target), { recursive: true })

// `LadingError.docs` names it.
const docs = new URL('../packages/core/docs/', import.meta.url)
mkdirSync(docs, { recursive: true })
copyFileSync(new URL('../docs/errors.md', import.meta.url), new URL('errors.md', docs))
