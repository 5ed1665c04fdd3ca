// Accept and Accept-Encoding: quality, wildcards, and what no client should send.
import { expect, test } from 'vitest'
import { acceptsGzip, preferredType } from '../../../../src/http/response/accept.ts'

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/*', 'application/json'],
  ['text/html', 'application/json'],
  ['text/csv', 'text/csv'],
  ['TEXT/CSV; charset=utf-8', 'text/csv'],
  ['text/*', 'text/csv'],
  ['application/x-ndjson', 'application/x-ndjson'],
  ['text/csv, application/json', 'application/json'],
  ['text/csv;q=0.5, application/x-ndjson;q=0.9', 'application/x-ndjson'],
  ['text/csv, */*;q=0.1', 'text/csv'],
  ['text/csv;q=0, */*', 'application/json'],
  ['application/json;q=0, text/*;q=0.2', 'text/csv'],
  ['text/csv;q=2, application/x-ndjson;q=x', 'application/json'],
])('%j prefers %s', (accept, wanted) => {
  expect(preferredType(accept, ['application/json', 'text/csv', 'application/x-ndjson'])).toBe(wanted)
})

test.each([
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['GZIP', true],
  ['x-gzip', true],
  ['gzip, deflate, br', true],
  ['deflate, br', false],
  ['*', true],
  ['gzip;q=0', false],
  ['gzip;q=0.000, *', false],
  ['*;q=0', false],
  ['br, *;q=0.1', true],
  ['gzip;q=0.5', true],
  ['gzip;q=0.5, identity', false],
  ['gzip;q=0.5, identity;q=0.5', true],
  ['gzip ; q=0.1 , identity;q=0', true],
  ['identity', false],
  ['gzip;q=nonsense', false],
])('Accept-Encoding %j accepts gzip: %s', (accepted, wanted) => {
  expect(acceptsGzip(accepted)).toBe(wanted)
})
