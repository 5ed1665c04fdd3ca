// A project whose table and view look at a setting of the session.
import { defineConfig, defineResource, Type } from '@lading/core'

const schema = Type.Object({ code: Type.String() })

export default defineConfig({
  resources: [
    defineResource('marks', { table: 'marks', schema }),
    defineResource('own_marks', { table: 'own_marks', schema }),
  ],
  sessionVariables(caller) {
    if (caller?.tenant === 'gone') throw new Error('the directory does not know "gone"')
    return { 'app.tenant': caller?.tenant ?? 'nobody' }
  },
})
