// npm run key -- <name>: prints a new key and its entry for API_KEYS.
import { keyCommand } from './key-command.ts'

const { code, stdout, stderr } = keyCommand(process.argv.slice(2))
process.stdout.write(stdout)
process.stderr.write(stderr)
process.exitCode = code
