// One name, one meaning: an exported type, and a source file, has a name of its own in the whole repository.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Entry points, and stages of the road with their inverse: each format has both. */
const repeatable = new Set(['index.ts', 'decode.ts', 'encode.ts'])

const exportedType = /^export (?:declare )?(?:abstract )?(?:interface|type|class|enum) ([A-Za-z0-9_]+)\b/

const files = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', 'packages/*/src/*.ts', 'examples/*/src/*.ts'],
  { encoding: 'utf8' },
)
  .split('\n')
  .filter(file => file !== '' && existsSync(file))

const typesIn = file =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap(line => exportedType.exec(line)?.[1] ?? [])

const places = new Map()
const note = (name, file) => places.set(name, [...(places.get(name) ?? []), file])
for (const file of files) {
  if (!repeatable.has(basename(file))) note(`The file name ${basename(file)}`, file)
  // A type may have a value of the same name in its file.
  for (const name of new Set(typesIn(file))) note(`The exported type ${name}`, file)
}

const repeated = [...places].filter(([, found]) => found.length > 1)
for (const [what, found] of repeated) console.error(`${what} is used twice: ${found.join(', ')}`)
if (repeated.length > 0) process.exitCode = 1
else console.log(`Unique names: ${files.length} files checked.`)
