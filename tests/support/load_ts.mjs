/* Bundles TypeScript modules of web/ in memory and imports them as one, so that tests need no build. */
import { build } from 'esbuild';
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto; /* a browser has it; Node 18 keeps it in a module */

export async function loadTs(...paths) {
  const { outputFiles } = await build({
    stdin: { contents: paths.map((path) => `export * from './${path}';`).join('\n'), resolveDir: process.cwd(), loader: 'ts' },
    bundle: true, format: 'esm', platform: 'neutral', write: false, target: 'es2022',
    mainFields: ['module', 'main'], jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'error',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}
