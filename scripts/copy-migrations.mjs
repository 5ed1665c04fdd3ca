// Before packing: copies Lading's own migrations from the root, their one source, into the core package.
import { cpSync, rmSync } from 'node:fs'

const target = new URL('../packages/core/migrations/', import.meta.url)
rmSync(target, { recursive: true, force: true })
cpSync(new URL('../migrations/lading/', import.meta.url), new URL('lading/', target), { recursive: true })
