// Names of files in a header.
import { expect, test } from 'vitest'
import { attachment } from '../../../../src/http/response/content-disposition.ts'

test.each([
  ['users-2024-01-02.csv', 'attachment; filename="users-2024-01-02.csv"'],
  ['two words.csv', 'attachment; filename="two words.csv"'],
  ['отчёт.csv', `attachment; filename=_.csv; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.csv`],
  ['naïve €.csv', `attachment; filename="na_ve _.csv"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.csv`],
  ["it's (1)*.csv", `attachment; filename="it_s _1_.csv"; filename*=UTF-8''it%27s%20%281%29%2A.csv`],
  ['100%.csv', `attachment; filename=100_.csv; filename*=UTF-8''100%25.csv`],
  ['😀.csv', `attachment; filename=_.csv; filename*=UTF-8''%F0%9F%98%80.csv`],
])('%s', (name, header) => {
  expect(attachment(name)).toBe(header)
  // Node takes it as the value of a header.
  expect(() => new Headers({ 'content-disposition': header })).not.toThrow()
})
