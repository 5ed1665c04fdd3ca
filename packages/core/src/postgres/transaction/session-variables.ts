// Settings of an application for one transaction, such as those that row-level security asks for → SQL.
import { callAsyncHook, type HookTimeout } from '../../errors/hook.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { setLocal } from './transaction.ts'

/** Names with a prefix, such as `app.tenant`, and their values. */
export type SessionVariables = Readonly<Record<string, string>>

/** With a prefix, which the server's own settings do not have: what an import or export relies on stays as it is. */
const settingName = /^[a-z_][a-z0-9_$]{0,62}(?:\.[a-z_][a-z0-9_$]{0,62})+$/i

/**
 * Asks the hook, if there is one. The statements stand at the beginning of a transaction, and have no result set.
 *
 * @throws LadingError `HOOK_FAILED` if the hook throws, or gives anything but settings
 */
export async function sessionVariablesSql<Caller extends object>(
  hook: ((caller: Caller | undefined) => SessionVariables | Promise<SessionVariables>) | undefined,
  caller: Caller | undefined,
  patience: HookTimeout,
): Promise<string> {
  if (hook === undefined) return ''
  const settings: unknown = await callAsyncHook(
    'The hook sessionVariables',
    () => hook(caller && Object.freeze({ ...caller })),
    patience,
  )
  if (
    typeof settings !== 'object' ||
    settings === null ||
    Array.isArray(settings) ||
    settings instanceof Map
  ) {
    throw failed('must give an object of settings, such as { "app.tenant": "7" }')
  }
  return Object.entries(settings)
    .map(([name, value]) => applicationSetting(name, value))
    .join('; ')
}

function applicationSetting(name: string, value: unknown): string {
  if (!settingName.test(name) || /^(?:lading|pg_\w*)\./i.test(name)) {
    throw failed('gave a name that is none of an application; use names with a prefix, such as "app.tenant"')
  }
  if (typeof value !== 'string' || value.includes('\0')) {
    throw failed(`must give a text as the value of "${name}"`)
  }
  return setLocal(name, value)
}

function failed(problem: string): LadingError {
  return new LadingError('HOOK_FAILED', `The hook sessionVariables ${problem}.`)
}
