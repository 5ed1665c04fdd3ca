// Options of a schema → flags of a command: names in kebab case, and help from the descriptions.
import type { Command } from 'commander'
import { collect } from './shared-flags.ts'

/** What a flag needs to know of an option; a TypeBox schema has it. */
interface OptionSchema {
  readonly type?: unknown
  readonly description?: string
  readonly default?: unknown
}

interface FlagNotes {
  /** What to write after the name. @defaultValue `number` for a number, else `value` */
  readonly value?: string
  /** Replaces the description of the schema, where a command line takes another form of value. */
  readonly help?: string
  readonly mayRepeat?: boolean
}

/** `onConflict` → `--on-conflict`. */
export function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** Adds a flag for each option to the command. @param notes what the schema does not say of an option */
export function addOptionFlags(
  command: Command,
  { properties }: { readonly properties: Readonly<Record<string, OptionSchema>> },
  notes: Readonly<Record<string, FlagNotes>> = {},
): Command {
  for (const [name, option] of Object.entries(properties)) {
    const note = notes[name] ?? {}
    const help = note.help ?? helpOf(option)
    if (note.mayRepeat === true) command.option(flagsOf(name, option, note), help, collect)
    else command.option(flagsOf(name, option, note), help)
  }
  return command
}

/** A switch that is on by default becomes `--no-header`. */
function flagsOf(name: string, { type, default: standard }: OptionSchema, { value }: FlagNotes): string {
  if (type === 'boolean') return standard === true ? `--no-${flagName(name).slice(2)}` : flagName(name)
  return `${flagName(name)} <${value ?? (type === 'integer' ? 'number' : 'value')}>`
}

/** `All records or none.` → `all records or none`, with the values and the default. */
function helpOf(option: OptionSchema): string {
  const { description = '', default: standard } = option
  const sentence = description.replace(/\.$/, '')
  const text = /^[A-Z][a-z]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence
  const choices = choicesOf(option).map(choice => (choice === standard ? `${choice} (default)` : choice))
  return choices.length === 0 ? text : `${text}: ${inWords(choices)}`
}

function choicesOf(option: object): readonly string[] {
  const members: readonly { readonly const?: unknown }[] =
    'anyOf' in option && Array.isArray(option.anyOf) ? option.anyOf : []
  return members.flatMap(member => (typeof member.const === 'string' ? [member.const] : []))
}

/** `a, b or c`. */
function inWords(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join() : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
}
