// tar headers that real programs write, and those that only an attacker writes: each is read exactly or rejected.
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { articles, manifest, read, users } from './archives.ts'

interface Block {
  readonly name?: string
  /** One character. @defaultValue '0', a file */
  readonly type?: string
  /** The twelve bytes of its size. @defaultValue the true one, in octal */
  readonly size?: string | Buffer
  readonly magic?: string
  readonly prefix?: string
  readonly content: string | Buffer
}

const octal = (size: number) => `${size.toString(8).padStart(11, '0')}\0`

/** A size as GNU tar writes one that octal digits cannot hold (GNU tar manual, "Basic Tar Format"). */
function base256(size: bigint): Buffer {
  const bytes = Buffer.alloc(12)
  for (let at = 11; at > 0; at--) bytes[at] = Number((size >> BigInt(8 * (11 - at))) & 0xffn)
  bytes[0] = size < 0n ? 0xff : 0x80
  return bytes
}

/** An entry with the header of POSIX.1-2017, pax, "ustar Interchange Format". */
function block({ name = '', type = '0', size, magic = 'ustar\x0000', prefix = '', content }: Block): Buffer {
  const bytes = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write('0000644\x000000000\x000000000\0', 100)
  const reported = size ?? octal(bytes.length)
  header.set(typeof reported === 'string' ? Buffer.from(reported) : reported, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write(magic, 257)
  header.write(prefix, 345)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}

/** A record of a pax header: its length counts itself. */
function pax(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let length = rest.length
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length
  return `${length}${rest}`
}

const archive = (...blocks: readonly Block[]) =>
  gzipSync(Buffer.concat([...blocks.map(block), Buffer.alloc(1024)]))

const first = { name: 'manifest.json', content: JSON.stringify(manifest()) }
const second = { name: 'users.ndjson', content: users }
const third = { name: 'articles.ndjson', content: articles }
const usersSize = BigInt(users.length)

const sparse = pax('GNU.sparse.major', '1') + pax('GNU.sparse.minor', '0') + pax('GNU.sparse.realsize', '999')

const exact: readonly (readonly [string, readonly Block[]])[] = [
  ['the magic of old GNU tar', [first, { ...second, magic: 'ustar  \0' }, third]],
  ['a size in base 256', [first, { ...second, size: base256(usersSize) }, third]],
  ['a size with spaces before it', [first, { ...second, size: '         11 ' }, third]],
  [
    'a name in a pax header',
    [first, { type: 'x', content: pax('path', 'users.ndjson') }, { ...second, name: 'x' }, third],
  ],
  [
    'a size in a pax header',
    [first, { type: 'x', content: pax('size', String(users.length)) }, { ...second, size: octal(0) }, third],
  ],
  [
    'a comment in a global pax header',
    [{ type: 'g', content: pax('comment', 'hello') }, first, second, third],
  ],
  [
    'a long name as GNU tar writes it',
    [first, { name: '././@LongLink', type: 'L', content: 'users.ndjson\0' }, { ...second, name: 'x' }, third],
  ],
  // Names and sizes are not trusted: each file is compared with the manifest.
  [
    'a path in a global pax header',
    [{ type: 'g', content: pax('path', '/etc/passwd') }, first, second, third],
  ],
  ['a sparse file in pax records', [first, { type: 'x', content: sparse }, second, third]],
  ['bytes of nothing after its end', [first, second, third, { content: Buffer.alloc(0), name: '' }]],
]

describe('read exactly:', () => {
  test.each(exact)('%s', async (what, blocks) => {
    const bytes = what.startsWith('bytes of nothing')
      ? gzipSync(Buffer.concat([...blocks.slice(0, 3).map(block), Buffer.alloc(10_240)]))
      : archive(...blocks)
    for (const chunk of [1, 511, 512, 10_000]) {
      const { kept } = await read(bytes, { chunk })
      expect(kept).toEqual([`users.ndjson ${users}`, `articles.ndjson ${articles}`])
    }
  })
})

const tenMiB = 10 * 1024 * 1024

const refused: readonly (readonly [string, readonly Block[], string])[] = [
  ['a negative size in base 256', [first, { ...second, size: base256(-1n) }, third], 'has 0 bytes'],
  ['a very negative size', [first, { ...second, size: base256(-(1n << 62n)) }, third], 'truncated'],
  [
    'a size beyond the range of numbers',
    [first, { ...second, size: base256(1n << 80n) }, third],
    'bytes, but its',
  ],
  ['a size of minus eleven', [first, { ...second, size: '-0000000013\0' }, third], 'truncated'],
  ['a size that is not a number', [first, { ...second, size: 'eleven bytes' }, third], 'truncated'],
  ['a size of zero', [first, { ...second, size: Buffer.alloc(12) }, third], 'has 0 bytes'],
  [
    'a size that a pax header contradicts',
    [first, { type: 'x', content: pax('size', '-9') }, second, third],
    'truncated',
  ],
  [
    'a size in a pax header that is not a number',
    [first, { type: 'x', content: pax('size', '1e1') }, second, third],
    'has 1 bytes',
  ],
  [
    'a larger size in a pax header',
    [first, { type: 'x', content: pax('size', '2000') }, second, third],
    'has 2000 bytes',
  ],
  [
    'a path in a pax header',
    [first, { type: 'x', content: pax('path', '../users.ndjson') }, second, third],
    '"../users.ndjson"',
  ],
  ['a path in the prefix', [first, { ...second, prefix: '..' }, third], '"../users.ndjson"'],
  [
    'a long path as GNU tar writes it',
    [first, { type: 'L', content: `${'../../../../src/format/'.repeat(60)}x\0` }, second, third],
    '"../',
  ],
  ['a sparse file of old GNU tar', [first, { ...second, type: 'S' }, third], 'not a file'],
  ['a volume label', [{ name: 'backup', type: 'V', content: '' }, first, second, third], 'not a file'],
  ['a file that continues in another volume', [first, { ...second, type: 'M' }, third], 'not a file'],
  ['a contiguous file', [first, { ...second, type: '7' }, third], 'not a file'],
  [
    'a name with a byte that ends it',
    [first, { ...second, name: 'users.ndjson\n' }, third],
    'name that a bundle cannot contain',
  ],
  ['an empty name', [first, { ...second, name: '' }, third], 'name that a bundle cannot contain'],
  [
    'a name of a type of Object',
    [first, { ...second, name: '__proto__' }, third],
    'name that a bundle cannot contain',
  ],
  [
    'a pax header of __proto__',
    [first, { type: 'x', content: pax('__proto__', 'x') + pax('path', '../x') }, second, third],
    '"../x"',
  ],
  [
    'a pax header of 10 MiB',
    [{ type: 'x', content: Buffer.alloc(tenMiB, 'x') }, first, second, third],
    'not a tar archive',
  ],
  [
    'a long name of 10 MiB',
    [{ type: 'L', content: Buffer.alloc(tenMiB, 'x') }, first, second, third],
    'not a tar archive',
  ],
]

describe('rejected:', () => {
  test.each(refused)('%s', { timeout: 20_000 }, async (_what, blocks, named) => {
    const bytes = archive(...blocks)
    const fault = await read(bytes, { chunk: 4_096 }).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'BUNDLE_INVALID', message: expect.stringContaining(named) })
  })

  test('a header whose sum is wrong', async () => {
    const bytes = Buffer.concat([block(first), block(second), block(third), Buffer.alloc(1024)])
    bytes[block(first).length + 3] = 0x41
    await expect(read(gzipSync(bytes))).rejects.toMatchObject({ code: 'BUNDLE_INVALID' })
  })
})
