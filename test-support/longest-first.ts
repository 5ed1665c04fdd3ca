// The order of the test files: those that take long begin first, so that no worker sits idle while the last one runs.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Beginnings of paths, the longest first; a fresh checkout has no record of how long a file took. */
const long = [
  'packages/adapter-',
  'packages/conformance/test/http/',
  'packages/core/test/bad-inputs',
  'packages/core/test/import.random-files',
  'examples/',
  'packages/embedded-postgres/',
  'packages/cli/test/',
  'packages/core/test/queue.',
  'packages/core/test/jobs.',
  'packages/core/test/',
]

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const root = `${this.ctx.config.root}/`
    const place = ({ moduleId }: TestSpecification) => {
      const index = long.findIndex(start => moduleId.startsWith(root + start))
      return index === -1 ? long.length : index
    }
    return [...files].sort((one, other) => place(one) - place(other))
  }
}
