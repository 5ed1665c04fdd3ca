// An application's settings for one transaction, such as those that row-level security needs → SQL.
import { callAsyncHook, type HookTimeout } from '../../errors/hook.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { setLocal } from './transaction.ts'

/** Names with a prefix, such as `app.tenant`, and their values. */
export type VariableValues = Readonly<Record<string, string>>

/** Requires a prefix, which the server's own settings lack: an import or export relies on those. */
const variableName = /^[a-z_][a-z0-9_$]{0,62}(?:\.[a-z_][a-z0-9_$]{0,62})+$/i

/**
 * Calls the hook, if there is one. The statements run at the beginning of a transaction, and have no result set.
 *
 * @throws LadingError `HOOK_FAILED` if the hook throws, or returns anything but settings
 */
export async function sessionVariablesSql<Caller extends object>(
  hook: ((caller: Caller | undefined) => VariableValues | Promise<VariableValues>) | undefined,
  caller: Caller | undefined,
  timeout: HookTimeout,
): Promise<string> {
  if (hook === undefined) return ''
  const variables: unknown = await callAsyncHook(
    'The hook sessionVariables',
    () => hook(caller && Object.freeze({ ...caller })),
    timeout,
  )
  if (
    typeof variables !== 'object' ||
    variables === null ||
    Array.isArray(variables) ||
    variables instanceof Map
  ) {
    throw hookFailed('must return an object of settings, such as { "app.tenant": "7" }')
  }
  return Object.entries(variables)
    .map(([name, value]) => variableSql(name, value))
    .join('; ')
}

function variableSql(name: string, value: unknown): string {
  if (!variableName.test(name) || /^(?:lading|pg_\w*)\./i.test(name)) {
    throw hookFailed(
      'returned a name that is not an application setting; use names with a prefix, such as "app.tenant"',
    )
  }
  if (typeof value !== 'string' || value.includes('\0')) {
    throw hookFailed(`must return a string as the value of "${name}"`)
  }
  return setLocal(name, value)
}

function hookFailed(problem: string): LadingError {
  return new LadingError('HOOK_FAILED', `The hook sessionVariables ${problem}.`)
}
