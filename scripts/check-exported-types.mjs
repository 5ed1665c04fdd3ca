// Every type that a public signature names can be imported by its user: from the same entry, or from another public one
// of the package. `@lading/core/internal` is not public.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = ['core', 'adapter-express', 'adapter-fastify']

/** Source files of the public entries of a package. */
function entriesOf(name) {
  const folder = join(root, 'packages', name)
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return Object.entries(exports).flatMap(([path, { source }]) =>
    source === undefined || path === './internal' ? [] : [join(folder, source)],
  )
}

/** What a declaration file would not show: bodies, initial values, private members. */
function isHidden(node) {
  if (ts.isBlock(node) || ts.isObjectLiteralExpression(node) || ts.isCallExpression(node)) return true
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []
  if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) return true
  return ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name)
}

/** The name of the type that a node refers to. */
function typeName(node) {
  if (ts.isTypeReferenceNode(node)) return node.typeName
  return ts.isExpressionWithTypeArguments(node) ? node.expression : undefined
}

/** Names in signatures of the entries' exports, declared in the package itself, that no entry exports. */
function unexported(program, name) {
  const checker = program.getTypeChecker()
  const real = symbol => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)
  const exported = new Set()
  for (const entry of entriesOf(name)) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry))
    for (const symbol of checker.getExportsOfModule(module)) exported.add(real(symbol))
  }
  const own = join(root, 'packages', name, 'src')
  const missing = new Set()
  const look = (node, owner) => {
    if (isHidden(node)) return
    const named = typeName(node)
    // What the language itself has, such as Error, is not loaded.
    const symbol = named && checker.getSymbolAtLocation(named)
    const type = symbol && real(symbol)
    const isOwn = type?.declarations?.some(({ parent }) => parent.getSourceFile().fileName.startsWith(own))
    const isParameter = type && (type.flags & ts.SymbolFlags.TypeParameter) !== 0
    if (isOwn && !isParameter && !exported.has(type)) missing.add(`${type.name}, in ${owner}`)
    ts.forEachChild(node, child => look(child, owner))
  }
  for (const symbol of exported) {
    for (const declaration of symbol.declarations ?? []) {
      if (!declaration.getSourceFile().fileName.startsWith(own)) continue
      // The implementation of overloads is not a public signature.
      const isImplementation = ts.isFunctionDeclaration(declaration) && declaration.body !== undefined
      if (isImplementation && symbol.declarations.length > 1) continue
      ts.forEachChild(declaration, child => look(child, symbol.name))
    }
  }
  return [...missing].sort()
}

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
for (const one of found)
  process.stderr.write(`A public signature names a type that is not exported: ${one}\n`)
if (found.length > 0) process.exitCode = 1
process.stdout.write(`Types of public signatures: ${found.length} not exported.\n`)
