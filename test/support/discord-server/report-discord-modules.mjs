/** Loaded before a service: says which files of Discord's library it resolves. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context);
    if (/node_modules\/(discord\.js|@discordjs|discord-api-types)\//.test(resolved.url)) {
      process.stdout.write(`resolved ${resolved.url}\n`);
    }
    return resolved;
  },
});
