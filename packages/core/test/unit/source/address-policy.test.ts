// Which URLs are accepted: their notation, names and ports, and what an allow list adds to the public ones.
import { describe, expect, test } from 'vitest'
import { addressPolicy } from '../../../src/engine/source/remote/address-policy.ts'

const sentence =
  'The address of the file is not allowed: it must begin with http:// or https://, have no user name or password, use port 80 or 443, and lead to a public server; the operator of this server can allow others.'

function judged(text: string, allow?: readonly string[], from?: URL): string {
  try {
    return addressPolicy(allow).checkUrl(text, from).href
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    expect(message).toBe(sentence)
    return String(code)
  }
}

describe('without an allow list', () => {
  test.each([
    ['https://example.org/users.csv', 'https://example.org/users.csv'],
    ['HTTP://EXAMPLE.org:80/users.csv?a=b&c#part', 'http://example.org/users.csv?a=b&c'],
    ['https://example.org./users.csv', 'https://example.org/users.csv'],
    ['https://example.org:443', 'https://example.org/'],
    ['http://example.org:443/', 'http://example.org:443/'],
    ['https://bücher.example/ä.csv', 'https://xn--bcher-kva.example/%C3%A4.csv'],
    ['https://example.org/a@b?c@d', 'https://example.org/a@b?c@d'],
    ['http://93.184.216.34/', 'http://93.184.216.34/'],
  ])('%s is accepted', (text, url) => {
    expect(judged(text)).toBe(url)
  })

  test('the same URL is accepted on every call', () => {
    const answers = new Set<string>()
    for (let time = 0; time < 20_000; time++) answers.add(judged('https://bücher.example/ä.csv'))
    expect([...answers]).toEqual(['https://xn--bcher-kva.example/%C3%A4.csv'])
  })

  test.each([
    '',
    'users.csv',
    '/etc/passwd',
    '//example.org/users.csv',
    'file:///etc/passwd',
    'ftp://example.org/users.csv',
    'gopher://example.org/',
    'data:text/csv,a',
    'javascript:alert(1)',
    'http:example.org',
    'http:/example.org/',
    'http:///example.org/',
    'http://',
    'http://user:pw@example.org/',
    'http://user@example.org/',
    'http://@example.org/',
    'http://example.org@127.0.0.1/',
    'http://example.org\\@127.0.0.1/',
    'http:\\\\example.org\\',
    'http://example.org:22/',
    'http://example.org:25/',
    'http://example.org:5432/',
    'http://example.org:6379/',
    'http://example.org:8080/',
    'http://example.org:0/',
    'http://example.org:65536/',
    'http://256.1.1.1/',
    'http://1.2.3.4.5/',
    'http://xn--/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://foo.localhost/',
    'http://printer.local/',
    'http://metadata.google.internal/',
    'http://router.home.arpa/',
    'http://abc.onion/',
    'http://intranet/',
    'http://loc\talhost/',
    'http://loc\u00adalhost/',
    'http://ex\r\nample.org/',
    'http://exam\u200bple.org/',
    ' http://example.org/',
    'http://example.org/ ',
    'http://example.org/a b',
    'http://example.org/\0',
    'http://example..org/',
    'http://-example.org/',
    'http://[fe80::1%25eth0]/',
    'http://example.org/\ud800',
    `http://example.org/${'x'.repeat(10_000)}`,
  ])('%j is rejected', text => {
    expect(judged(text)).toBe('URL_NOT_ALLOWED')
  })

  test('a URL of 2,048 characters is accepted, one of 2,049 is not', () => {
    const url = (length: number) => `https://example.org/${'x'.repeat(length - 20)}`
    expect(judged(url(2_048))).toBe(url(2_048))
    expect(judged(url(2_049))).toBe('URL_NOT_ALLOWED')
  })

  test('a value that is not a string is rejected with the same error', () => {
    expect(judged(7 as unknown as string)).toBe('URL_NOT_ALLOWED')
  })
})

describe('in a redirect', () => {
  const from = new URL('https://example.org/a/users.csv')

  test.each([
    ['other.csv', 'https://example.org/a/other.csv'],
    ['/b/users.csv?x', 'https://example.org/b/users.csv?x'],
    ['//example.net/users.csv', 'https://example.net/users.csv'],
    ['https://example.net/', 'https://example.net/'],
  ])('%s is followed', (text, url) => {
    expect(judged(text, [], from)).toBe(url)
  })

  test.each([
    'http://example.org/a/users.csv',
    '//127.0.0.1/',
    '//user:pw@example.net/',
    'file:///etc/passwd',
    'http://169.254.169.254/',
    'https://[::1]/',
    'https://example.org:8443/',
    'a b',
  ])('%s is not', text => {
    expect(judged(text, [], from)).toBe('URL_NOT_ALLOWED')
  })

  test('from http a redirect may lead to http', () => {
    expect(judged('http://example.net/', [], new URL('http://example.org'))).toBe('http://example.net/')
  })
})

describe('with an allow list', () => {
  const allow = [
    'files.corp:8080',
    '*.data.corp',
    '10.1.0.0/16',
    'fd00::/8',
    '[fd01::]:9000',
    ':8443',
    'minio:9000-9001',
  ]

  test.each([
    'http://files.corp:8080/',
    'http://a.data.corp/',
    'https://a.b.data.corp./',
    'http://10.1.2.3/',
    'http://0xa.1.2.3/',
    'http://[fd12::1]/',
    'http://[fd01::]:9000/',
    'https://example.org:8443/',
    'http://minio:9001/',
    'https://example.org/',
  ])('%s is accepted', text => {
    expect(judged(text, allow)).not.toBe('URL_NOT_ALLOWED')
  })

  test.each([
    'http://files.corp:8081/',
    'http://a.data.corp:8080/',
    'http://minio/',
    'http://minio:9002/',
    'http://localhost:8443/',
    'http://10.1.2.3:8443/',
    'http://10.2.2.3/',
    'http://[fd01::1]:9000/',
    'http://[::ffff:10.1.2.3]/',
    'https://example.org:8080.example.org/',
  ])('%s is not', text => {
    expect(judged(text, allow)).toBe('URL_NOT_ALLOWED')
  })

  test('an allowed name may resolve to any address, any other name only to allowed networks and public servers', () => {
    const { checkUrl, checkAddresses } = addressPolicy(allow)
    const accepts = (text: string, ...addresses: string[]) => {
      try {
        checkAddresses(checkUrl(text), addresses)
        return true
      } catch {
        return false
      }
    }
    expect(accepts('http://files.corp:8080/', '192.168.1.1', '::1')).toBe(true)
    expect(accepts('http://x.data.corp/', '127.0.0.1')).toBe(true)
    expect(accepts('http://data.corp/', '127.0.0.1')).toBe(false)
    expect(accepts('http://notdata.corp/', '127.0.0.1')).toBe(false)
    expect(accepts('http://example.org/', '10.1.9.9')).toBe(true)
    expect(accepts('http://example.org/', '10.1.9.9', '93.184.216.34')).toBe(true)
    expect(accepts('http://example.org/', '10.1.9.9', '10.2.9.9')).toBe(false)
    expect(accepts('http://example.org:8443/', '10.1.9.9')).toBe(false)
    expect(accepts('http://example.org:9000/', 'fd01::')).toBe(true)
    expect(accepts('http://example.org:9000/', '93.184.216.34')).toBe(false)
    expect(accepts('http://files.corp/', '10.9.9.9')).toBe(false)
  })

  test.each([
    '',
    '*',
    '*.',
    'http://files.corp',
    'files corp',
    'files.corp:',
    'files.corp:0',
    'files.corp:70000',
    'files.corp:9-8',
    '10.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '[::1',
    '[files.corp]:80',
    'fd00::/129',
    '256.0.0.1',
    '*.*.corp',
    'a.*',
    ':',
  ])('%j is not a valid entry', entry => {
    expect(() => addressPolicy([entry])).toThrow(`"${entry}" cannot be allowed for remote files`)
  })
})
