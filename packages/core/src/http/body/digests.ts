// Digest headers of a request → a body that fails at its end if its bytes do not match.
import { createHash } from 'node:crypto'
import { type HttpRequest, header } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'

export interface Digest {
  /** The name of the header. */
  readonly header: string
  readonly algorithm: 'sha256' | 'sha512' | 'md5'
  readonly value: Buffer
}

const algorithms: Readonly<Record<string, { readonly name: Digest['algorithm']; readonly bytes: number }>> = {
  'sha-256': { name: 'sha256', bytes: 32 },
  'sha-512': { name: 'sha512', bytes: 64 },
  md5: { name: 'md5', bytes: 16 },
}

/** RFC 9530: a dictionary of byte sequences. Both cover the bytes as sent, because an upload is never partial. */
const dictionaries = { 'content-digest': 'Content-Digest', 'repr-digest': 'Repr-Digest' } as const

/**
 * All digests that can be verified; unknown algorithms are ignored, as RFC 9530 says. Empty if the host has inflated or
 * re-encoded the body, because the bytes as sent are lost.
 *
 * @throws HttpFault `BODY_INVALID` for a header that cannot be read
 */
export function readDigests(request: Pick<HttpRequest, 'headers' | 'consumedBody'>): readonly Digest[] {
  const { remaining = 'bytes' } = request.consumedBody ?? {}
  if (remaining !== 'bytes') return []
  const found = Object.entries(dictionaries).flatMap(([key, name]) =>
    [...(header(request, key) ?? '').matchAll(/([a-z0-9*_.-]+)\s*=\s*([^,;]*)/gi)].flatMap(
      ([, algorithm, value]) => digestOf(name, algorithm, /^:(.*):\s*$/.exec(value ?? '')?.[1]),
    ),
  )
  // Older headers: RFC 3230 and RFC 1864.
  const older = [...(header(request, 'digest') ?? '').matchAll(/([a-z0-9-]+)=([^,;]*)/gi)].flatMap(
    ([, algorithm, value]) => digestOf('Digest', algorithm, value?.trim()),
  )
  const md5 = header(request, 'content-md5')
  return [...found, ...older, ...(md5 === undefined ? [] : digestOf('Content-MD5', 'md5', md5.trim()))]
}

function digestOf(name: string, algorithm = '', text: string | undefined): readonly Digest[] {
  const known = algorithms[algorithm.toLowerCase()]
  if (known === undefined) return []
  const value = Buffer.from(text ?? '', 'base64')
  if (text !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(text) && value.length === known.bytes) {
    return [{ header: name, algorithm: known.name, value }]
  }
  throw new HttpFault(
    'BODY_INVALID',
    `The header ${name} has no valid ${algorithm.toLowerCase()} digest in base64; correct it, or leave it out.`,
  )
}

/** Passes the bytes through, and fails at the end if they do not match a digest. @throws HttpFault `BODY_INVALID` */
export async function* verifyDigests(
  chunks: AsyncIterable<Buffer>,
  digests: readonly Digest[],
): AsyncGenerator<Buffer> {
  const hashes = digests.map(digest => ({ ...digest, hash: createHash(digest.algorithm) }))
  for await (const chunk of chunks) {
    for (const { hash } of hashes) hash.update(chunk)
    yield chunk
  }
  const wrong = hashes.find(({ hash, value }) => !hash.digest().equals(value))
  if (wrong === undefined) return
  throw new HttpFault(
    'BODY_INVALID',
    `The body is not the one that its ${wrong.header} describes: it was changed in transit, or the digest is of other bytes. Nothing was kept; send it again.`,
  )
}
