// Every type that a public signature names can be imported by its user: from the same entry, or from another public one
// of the package. `@lading/core/internal` is not public.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../support.ts'

const packages = ['core', 'adapter-express', 'adapter-fastify']

/** Source files of the public entries of a package. */
function entriesOf(name: string): readonly string[] {
  const folder = join(repositoryRoot, 'packages', name)
  const { exports }: { exports: Record<string, { source?: string }> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  return Object.entries(exports).flatMap(([path, { source }]) =>
    source === undefined || path === './internal' ? [] : [join(folder, source)],
  )
}

/** Names in signatures of the entry's exports, declared in the package itself, that no entry exports. */
function unexported(program: ts.Program, name: string): readonly string[] {
  const checker = program.getTypeChecker()
  const real = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
  const exported = new Set<ts.Symbol>()
  for (const entry of entriesOf(name)) {
    const file = program.getSourceFile(entry)
    const module = file && checker.getSymbolAtLocation(file)
    if (module === undefined) throw new Error(`${entry} is no module.`)
    for (const symbol of checker.getExportsOfModule(module)) exported.add(real(symbol))
  }
  const own = join(repositoryRoot, 'packages', name, 'src')
  const missing = new Set<string>()
  const look = (node: ts.Node, owner: string) => {
    if (isHidden(node)) return
    const named = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined
    const symbol = named && checker.getSymbolAtLocation(named)
    if (symbol !== undefined) {
      const type = real(symbol)
      const isParameter = (type.flags & ts.SymbolFlags.TypeParameter) !== 0
      const isOwn = type.declarations?.some(({ parent }) => parent.getSourceFile().fileName.startsWith(own))
      if (isOwn && !isParameter && !exported.has(type)) missing.add(`${type.name}, in ${owner}`)
    }
    ts.forEachChild(node, child => look(child, owner))
  }
  for (const symbol of exported) {
    for (const declaration of symbol.declarations ?? []) {
      if (!declaration.getSourceFile().fileName.startsWith(own)) continue
      // The implementation of overloads is not a public signature.
      const isImplementation = ts.isFunctionDeclaration(declaration) && declaration.body !== undefined
      if (isImplementation && (symbol.declarations?.length ?? 0) > 1) continue
      ts.forEachChild(declaration, child => look(child, symbol.name))
    }
  }
  return [...missing].sort()
}

/** What a declaration file would not show: bodies, initial values, private members. */
function isHidden(node: ts.Node): boolean {
  if (ts.isBlock(node) || ts.isObjectLiteralExpression(node) || ts.isCallExpression(node)) return true
  const isPrivate =
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => privately.has(kind))
  return isPrivate === true || (ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name))
}
const privately = new Set([ts.SyntaxKind.PrivateKeyword])

test('every type of a public signature is exported', () => {
  const program = ts.createProgram(packages.flatMap(entriesOf), {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['source'],
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
    noLib: true,
  })
  const found = packages.flatMap(name => unexported(program, name).map(one => `${name}: ${one}`))
  expect(found).toEqual([])
})
