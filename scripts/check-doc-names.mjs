// The pages for developers name files and identifiers that exist, and ARCHITECTURE.md can be read in ten minutes.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const maxArchitectureLines = 200

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter(file => file !== '' && existsSync(file))
const pages = tracked.filter(file => /^(?:ARCHITECTURE|CONTRIBUTING)\.md$|^docs\/internals\//.test(file))
const sources = tracked.filter(file => /\.(?:ts|mjs|cjs|sql|json|ya?ml)$/.test(file) || /^\.ci\//.test(file))
const words = new Set(sources.flatMap(file => readFileSync(file, 'utf8').match(/\w+/g) ?? []))
const paths = new Set(
  tracked.flatMap(file => {
    const parts = file.split('/')
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  }),
)

/** `a/{b,c}.ts` → both paths. */
function alternatives(path) {
  const [whole, before, choices, after] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(path) ?? []
  return whole === undefined ? [path] : choices.split(',').flatMap(one => alternatives(before + one + after))
}

/** A path may begin at any folder, such as that of the table's heading. */
function pathExists(path) {
  const wanted = path.replace(/^(?:\.\.?\/)+/, '').replace(/\/$/, '')
  const pattern = wanted.replace(/[.+^$()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')
  const suffix = new RegExp(`(?:^|/)${pattern}$`)
  return [...paths].some(known => suffix.test(known))
}

const isPath = token => /^[\w.{},*-]*\/[\w./{},*-]*$|^[\w.*-]+\.(?:ts|mjs|cjs|sql|md)$/.test(token)
const isOfThisProject = token =>
  !/^(?:\/|@|text\/|application\/|dist\/|node_modules\/|core\/)|<|…/.test(token)
/** Camel case, with or without a call; a single word in lower case may be anything. */
const isIdentifier = token => /^[a-zA-Z]+[a-z][A-Z]\w*(?:\(\))?$/.test(token)

const complaints = pages.flatMap(page => {
  const lines = readFileSync(page, 'utf8').trimEnd().split('\n')
  const found = lines.flatMap((line, index) =>
    [...line.matchAll(/`([^`]+)`/g)].flatMap(([, token]) => {
      const isMissing =
        isPath(token) && isOfThisProject(token)
          ? !alternatives(token).every(pathExists)
          : isIdentifier(token) && !words.has(token.replace('()', ''))
      return isMissing ? [`${page}:${index + 1}: \`${token}\` does not exist`] : []
    }),
  )
  if (page === 'ARCHITECTURE.md' && lines.length > maxArchitectureLines)
    found.push(`${page}: ${lines.length} lines, more than ${maxArchitectureLines}`)
  return found
})

for (const complaint of complaints) console.error(complaint)
if (complaints.length > 0) process.exitCode = 1
else console.log(`Names in documentation: ${pages.length} pages checked.`)
