// The titles of the tests in a source file, as they are written there.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { repositoryRoot } from '../support.ts'

const folders = ['packages', 'examples', 'faults', 'testdata']

/** Tests with their own command, which take minutes: `faults/soak`, `outages`, `standby` and `damage`. */
const isLongRun = /^faults\/.*\.(?:soak|outages|standby|damage)\.ts$/

/** Files that hold tests, or cases of a suite that several files run. */
const sources = folders.flatMap(folder =>
  readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .map(name => `${folder}/${name}`)
    .filter(name => /\.test\.ts$|conformance\/src\/.*\.ts$/.test(name) || isLongRun.test(name))
    .filter(name => !/node_modules|\/dist\//.test(name)),
)

/** The files whose paths end so, after a slash. */
export const filesThatEndWith = (ending: string): readonly string[] =>
  sources.filter(source => `/${source}`.endsWith(`/${ending}`))

const known = new Map<string, ReadonlySet<string>>()

export function titlesIn(file: string): ReadonlySet<string> {
  const titles = known.get(file) ?? readTitles(file)
  known.set(file, titles)
  return titles
}

function readTitles(file: string): ReadonlySet<string> {
  const text = readFileSync(join(repositoryRoot, file), 'utf8')
  const titles = new Set<string>()
  const visit = (node: ts.Node): void => {
    const title = titleOf(node, file.includes('conformance/src/'))
    if (title !== undefined) titles.add(title)
    for (const name of namesOfCases(node)) titles.add(name)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest))
  return titles

  function titleOf(node: ts.Node, isSuite: boolean): string | undefined {
    if (ts.isCallExpression(node)) {
      const [first, ...rest] = node.arguments
      const isTest = isCallOfTest(node.expression) && rest.length > 0
      return isTest && first !== undefined && ts.isStringLiteralLike(first)
        ? first.text
        : isTest && first !== undefined && ts.isTemplateExpression(first)
          ? text.slice(first.pos, first.end).trim().slice(1, -1)
          : undefined
    }
    const isCase = isSuite && ts.isPropertyAssignment(node) && runs(node.initializer)
    return isCase && ts.isStringLiteralLike(node.name) ? node.name.text : undefined
  }
}

/** A case of a suite: a function, or an object with the method `run`. */
function runs(value: ts.Expression): boolean {
  if (!ts.isObjectLiteralExpression(value)) return ts.isFunctionLike(value)
  return value.properties.some(
    part => ts.isMethodDeclaration(part) && ts.isIdentifier(part.name) && part.name.text === 'run',
  )
}

/** Of `test.each([['a case', …], …])`, which is called after its first value. */
function namesOfCases(node: ts.Node): readonly string[] {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return []
  if (node.expression.name.text !== 'each' || !isCallOfTest(node.expression)) return []
  const [given] = node.arguments
  const table = given !== undefined && ts.isAsExpression(given) ? given.expression : given
  const rows = table !== undefined && ts.isArrayLiteralExpression(table) ? table.elements : []
  return rows.flatMap(row => {
    const first = ts.isArrayLiteralExpression(row) ? row.elements[0] : row
    return first !== undefined && ts.isStringLiteralLike(first) ? [first.text] : []
  })
}

/** `test(…)`, `test.each(…)(…)` and `test.skipIf(…)(…)`, but none that never runs. */
function isCallOfTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 'test' || callee.text === 'it'
  if (ts.isCallExpression(callee)) return isCallOfTest(callee.expression)
  if (!ts.isPropertyAccessExpression(callee)) return false
  return !/^(?:skip|todo|fails)$/.test(callee.name.text) && isCallOfTest(callee.expression)
}
