// Dependencies with known advisories are installed in fixed versions: read from the whole lockfile; and no others are admitted as peers.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../support.ts'

/** The first fixed version of each release line that may be installed, and what is wrong below it. */
const corrected: Readonly<Record<string, readonly [versions: readonly string[], advisories: string]>> = {
  '@fastify/busboy': [
    ['3.2.6'],
    'CVE-2026-19481 (__proto__ as a part header), CVE-2026-19484 (a boundary of 252 bytes loops), CVE-2026-124724 (a skipped part crashes)',
  ],
  '@fastify/multipart': [['10.1.9'], 'CVE-2025-24033 (temporary files stay), exposes CVE-2026-124724'],
  busboy: [['1.0.0'], 'CVE-2022-24434 in dicer, which earlier versions are made of'],
  express: [['4.20.0', '5.0.0'], 'CVE-2024-43796 (redirects)'],
  fastify: [
    ['4.29.1', '5.8.5'],
    'CVE-2025-32442 and CVE-2026-25223 (a content type that skips validation), CVE-2026-25224 (memory of web streams), CVE-2026-33806',
  ],
  'fast-uri': [['2.4.0', '3.0.2'], 'host confusion'],
  'find-my-way': [['8.2.2', '9.0.1'], 'CVE-2024-45813 (slow routes)'],
  multer: [['2.2.0'], 'CVE-2025-47935 and later: descriptors and partial files of aborted uploads stay'],
  'path-to-regexp': [['0.1.12', '8.0.0'], 'CVE-2024-45296, CVE-2024-52798 (slow routes)'],
  'proxy-addr': [['2.0.0'], 'CVE-2017-16119'],
  qs: [['6.14.1'], 'CVE-2025-15284 (limits of arrays passed over)'],
  send: [['0.19.0', '1.0.0'], 'CVE-2024-43799'],
  'serve-static': [['1.16.0', '2.0.0'], 'CVE-2024-43800'],
  undici: [['6.24.0', '7.24.0'], 'CVE-2026-22036 (chains of codings), CVE-2026-2581'],
  ws: [['8.17.1'], 'CVE-2024-37890'],
}

/** `a` < `b`, of versions without a pre-release. */
function isBelow(a: string, b: string): boolean {
  const [left, right] = [a, b].map(version => version.split(/[.-]/).map(Number))
  for (const [index, part] of (right ?? []).entries()) {
    const difference = (left?.[index] ?? 0) - part
    if (difference !== 0) return difference < 0
  }
  return false
}

const major = (version: string) => Number(version.split('.')[0])

/** Below the fixed version of its own line, or below the first fixed version if its line has none. */
function isBroken(version: string, fixes: readonly string[]): boolean {
  const own = fixes.find(fix => major(fix) === major(version))
  return own === undefined ? fixes.every(fix => major(version) < major(fix)) : isBelow(version, own)
}

/** `name@version` of everything that an installation may get. */
async function locked(): Promise<readonly (readonly [name: string, version: string])[]> {
  const text = await readFile(join(repositoryRoot, 'pnpm-lock.yaml'), 'utf8')
  const packages = text.slice(text.indexOf('\npackages:\n'), text.indexOf('\nsnapshots:\n'))
  return [...packages.matchAll(/^ {2}'?((?:@[\w.-]+\/)?[\w.-]+)@(\d[^':(]*)'?:$/gm)].map(
    ([, name = '', version = '']) => [name, version] as const,
  )
}

test('no installed dependency is known to be broken', async () => {
  const found = await locked()
  // What the services stand on is among it, or nothing was read.
  expect(found.map(([name]) => name)).toEqual(
    expect.arrayContaining(['@fastify/busboy', 'express', 'fastify', 'pg']),
  )
  const broken = found.flatMap(([name, version]) => {
    const [fixes, advisories] = corrected[name] ?? []
    if (fixes === undefined || !isBroken(version, fixes)) return []
    return [`${name} ${version}, fixed in ${fixes.join(' and ')}: ${advisories}`]
  })
  expect(broken).toEqual([])
})

/** The peers that a package of ours admits, each with its alternatives; dependencies are in the lockfile. */
async function admitted(): Promise<readonly (readonly [peer: string, range: string])[]> {
  const folders = await readdir(join(repositoryRoot, 'packages'))
  const found = await Promise.all(
    folders.map(async folder => {
      const text = await readFile(join(repositoryRoot, 'packages', folder, 'package.json'), 'utf8')
      const { peerDependencies = {} }: { peerDependencies?: Record<string, string> } = JSON.parse(text)
      return Object.entries(peerDependencies)
    }),
  )
  return found.flat().flatMap(([peer, range]) => range.split('||').map(one => [peer, one.trim()] as const))
}

test('no peer dependency range admits a version that is known to be broken', async () => {
  const ranges = await admitted()
  expect([...new Set(ranges.map(([peer]) => peer))]).toEqual(expect.arrayContaining(['express', 'fastify']))
  const broken = ranges.filter(([peer, range]) => {
    const [fixes] = corrected[peer] ?? []
    // One line from a version on: `>=4 <6` would admit the beginning of 5 whatever is fixed in 4.
    const [, from] = /^\^(\d+\.\d+\.\d+)$/.exec(range) ?? []
    return fixes !== undefined && (from === undefined || isBroken(from, fixes))
  })
  expect(broken).toEqual([])
})

test('every dependency of our packages has one exact version', async () => {
  const folders = await readdir(join(repositoryRoot, 'packages'))
  const found: string[] = []
  for (const folder of folders) {
    const text = await readFile(join(repositoryRoot, 'packages', folder, 'package.json'), 'utf8')
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(text)
    for (const [name, version] of Object.entries({ ...dependencies, ...optionalDependencies })) {
      found.push(`${name} ${version}`)
    }
  }
  expect(found).toContainEqual(expect.stringMatching(/^pg \d/))
  expect(found.filter(one => !/ (?:\d+\.\d+\.\d+(?:-[\w.]+)?|workspace:\*)$/.test(one))).toEqual([])
})

test.each([
  ['5.8.4', true],
  ['5.8.5', false],
  ['5.12.0', false],
  ['4.29.0', true],
  ['4.29.1', false],
  ['3.29.5', true],
  ['6.0.0', false],
])('fastify %s is broken: %j', (version, broken) => {
  expect(isBroken(version, ['4.29.1', '5.8.5'])).toBe(broken)
})
