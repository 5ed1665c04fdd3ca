// Part of `npm run release:version`: copies the version of @lading/core from its package.json into its source.
import { readFileSync, writeFileSync } from 'node:fs'

const manifest = new URL('../packages/core/package.json', import.meta.url)
const source = new URL('../packages/core/src/config/version.ts', import.meta.url)

const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
const declaration = /^export const version = '.*'$/m
const text = readFileSync(source, 'utf8')
if (!declaration.test(text))
  throw new Error('version.ts does not declare the version. Correct write-version.mjs.')
writeFileSync(
  source,
  text.replace(declaration, () => `export const version = '${version}'`),
)
