// Invalid bundles: false, truncated, or with entries that point elsewhere. Each is rejected with a message that says why.
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { entry, manifest, plain, read, sha256, type TestEntry, tar, users } from './archives.ts'

const cut = (archive: Buffer, bytes: number) => archive.subarray(0, bytes)
const say =
  (about: object, ...more: readonly TestEntry[]) =>
  async () =>
    gzipSync(await tar(['manifest.json', JSON.stringify(about)], ['users.ndjson', users], ...more))
const add =
  (...more: readonly TestEntry[]) =>
  async () =>
    gzipSync(await tar(...plain(), ...more))

/** What is wrong, the archive, the error code, and what the message must contain. */
const hostile: readonly (readonly [string, () => Promise<Buffer>, string, string])[] = [
  ['no bytes', async () => Buffer.alloc(0), 'BUNDLE_INVALID', 'empty'],
  ['one byte', async () => Buffer.from([0x1f]), 'BUNDLE_INVALID', 'empty'],
  ['a CSV file', async () => Buffer.from('id,email\n1,a\n'), 'BUNDLE_INVALID', 'not gzip data'],
  ['a tar archive that is not compressed', () => tar(...plain()), 'BUNDLE_INVALID', 'not gzip data'],
  [
    'gzip data that is not an archive',
    async () => gzipSync(users.repeat(200)),
    'BUNDLE_INVALID',
    'not a tar archive',
  ],
  ['an archive of nothing', async () => gzipSync(Buffer.alloc(1024)), 'BUNDLE_INVALID', 'empty'],
  [
    'truncated gzip data',
    async () => cut(gzipSync(await tar(...plain())), 200),
    'COMPRESSION_INVALID',
    'truncated',
  ],
  [
    'gzip data with a wrong checksum',
    async () => {
      const archive = gzipSync(await tar(...plain()))
      archive.writeUInt32LE(1, archive.length - 8)
      return archive
    },
    'COMPRESSION_INVALID',
    'damaged',
  ],
  [
    'gzip data with a tail',
    async () => Buffer.concat([gzipSync(await tar(...plain())), Buffer.from('x')]),
    'COMPRESSION_INVALID',
    'damaged',
  ],
  [
    'compressed twice',
    async () => gzipSync(gzipSync(await tar(...plain()))),
    'BUNDLE_INVALID',
    'not a tar archive',
  ],
  [
    'an archive truncated in a header',
    async () => gzipSync(cut(await tar(...plain()), 1_300)),
    'BUNDLE_INVALID',
    'truncated',
  ],
  [
    'an archive truncated in its manifest',
    async () => gzipSync(cut(await tar(...plain()), 700)),
    'BUNDLE_INVALID',
    'truncated',
  ],
  [
    'an archive truncated after a file',
    async () => gzipSync((await tar(...plain().slice(0, 2))).subarray(0, -1_024)),
    'BUNDLE_INVALID',
    '"articles.ndjson" is missing',
  ],
  [
    'a bomb',
    async () => gzipSync(Buffer.alloc(100 * 1024 * 1024)),
    'COMPRESSION_INVALID',
    'decompression bomb',
  ],
  ['no manifest', async () => gzipSync(await tar(...plain().slice(1))), 'BUNDLE_INVALID', '"users.ndjson"'],
  [
    'a manifest that comes last',
    async () => gzipSync(await tar(...[...plain()].reverse())),
    'BUNDLE_INVALID',
    '"articles.ndjson"',
  ],
  [
    'a manifest that is not JSON',
    async () => gzipSync(await tar(['manifest.json', '{'])),
    'BUNDLE_INVALID',
    'not valid JSON',
  ],
  [
    'a manifest that is not UTF-8',
    async () =>
      gzipSync(
        await buffer(packed('manifest.json', Buffer.from([0x22, 0xff, 0x22])) as AsyncIterable<Buffer>),
      ),
    'BUNDLE_INVALID',
    'not valid JSON',
  ],
  ['a manifest that is null', say(JSON.parse('null')), 'BUNDLE_INVALID', 'not a bundle manifest'],
  ['a manifest of a later version', say(manifest({ lading_bundle: 2 })), 'BUNDLE_INVALID', 'version 2'],
  [
    'a manifest without a version',
    say({ ...manifest(), lading_bundle: undefined }),
    'BUNDLE_INVALID',
    '/lading_bundle',
  ],
  ['a manifest without entries', say(manifest({ entries: [] })), 'BUNDLE_INVALID', '/entries'],
  [
    'a manifest of 9 MiB',
    say(manifest({ lading_version: 'x'.repeat(9 * 1024 * 1024) })),
    'BUNDLE_INVALID',
    'has more than',
  ],
  [
    'a file whose name is a path',
    say(manifest({ entries: [entry('users', users, { file: '../users.ndjson' })] })),
    'BUNDLE_INVALID',
    '/entries/0/file',
  ],
  [
    'a file of another format',
    say(manifest({ entries: [entry('users', users, { file: 'users.exe' })] })),
    'BUNDLE_INVALID',
    '/entries/0/file',
  ],
  [
    'a resource named __proto__',
    say(manifest({ entries: [entry('__proto__', users)] })),
    'BUNDLE_INVALID',
    '/entries/0',
  ],
  [
    'a negative size',
    say(manifest({ entries: [entry('users', users, { bytes: -1 })] })),
    'BUNDLE_INVALID',
    '/entries/0/bytes',
  ],
  [
    'a resource that is named twice',
    say(manifest({ entries: [entry('users', users), entry('users', users, { file: 'more.ndjson' })] })),
    'BUNDLE_INVALID',
    'resource "users" twice',
  ],
  [
    'a file that is named twice',
    say(manifest({ entries: [entry('users', users), entry('others', users, { file: 'users.ndjson' })] })),
    'BUNDLE_INVALID',
    'file "users.ndjson" twice',
  ],
  ['a file that is missing', say(manifest()), 'BUNDLE_INVALID', '"articles.ndjson" is missing'],
  [
    'a file too many',
    add(['more.ndjson', 'x']),
    'BUNDLE_INVALID',
    '"more.ndjson" is not in its manifest.json',
  ],
  [
    'a file that comes twice',
    add(['users.ndjson', users]),
    'BUNDLE_INVALID',
    'contains "users.ndjson" twice',
  ],
  ['a second manifest', add(['manifest.json', '{}']), 'BUNDLE_INVALID', 'contains "manifest.json" twice'],
  ['a path', add(['../../etc/passwd', 'x']), 'BUNDLE_INVALID', '"../../etc/passwd"'],
  ['an absolute path', add(['/etc/passwd', 'x']), 'BUNDLE_INVALID', '"/etc/passwd"'],
  ['a path into a folder', add(['users/users.ndjson', 'x']), 'BUNDLE_INVALID', '"users/users.ndjson"'],
  [
    'a path that only a long name shows',
    add([`${'a/'.repeat(120)}users.ndjson`, 'x']),
    'BUNDLE_INVALID',
    '"a/a/',
  ],
  ['a folder', add([{ name: 'more', type: 'directory' }, '']), 'BUNDLE_INVALID', 'is a directory'],
  [
    'a symbolic link',
    add([{ name: 'users.ndjson', type: 'symlink', linkname: '/etc/passwd' }, '']),
    'BUNDLE_INVALID',
    'is a symlink',
  ],
  [
    'a hard link',
    add([{ name: 'more.ndjson', type: 'link', linkname: 'users.ndjson' }, '']),
    'BUNDLE_INVALID',
    'is a link',
  ],
  [
    'a device',
    add([{ name: 'more.ndjson', type: 'character-device' }, '']),
    'BUNDLE_INVALID',
    'is a character-device',
  ],
  ['a named pipe', add([{ name: 'more.ndjson', type: 'fifo' }, '']), 'BUNDLE_INVALID', 'is a fifo'],
  [
    'another size',
    say(manifest({ entries: [entry('users', users, { bytes: 10 })] })),
    'BUNDLE_INVALID',
    'has 9 bytes',
  ],
  [
    'another content',
    say(manifest({ entries: [entry('users', users, { sha256: sha256('{"id":2}\n') })] })),
    'BUNDLE_INVALID',
    '"users.ndjson" is not what was exported',
  ],
]

function packed(name: string, content: Buffer) {
  const archive = pack()
  archive.entry({ name }, content)
  archive.finalize()
  return archive
}

describe('rejected:', () => {
  test.each(hostile)('%s', async (_what, archive, code, named) => {
    const fault = await read(await archive()).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code, message: expect.stringContaining(named) })
  })

  test('more bytes than allowed, counted after decompression', async () => {
    const archive = gzipSync(await tar(...plain()))
    const size = (await tar(...plain())).length
    await expect(read(archive, { maxBytes: size })).resolves.toBeDefined()
    await expect(read(archive, { maxBytes: size - 1 })).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
  })
})
