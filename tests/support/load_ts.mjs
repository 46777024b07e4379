/* Bundles one TypeScript module of web/ in memory and imports it, so that tests need no build. */
import { build } from 'esbuild';

export async function loadTs(path) {
  const { outputFiles } = await build({
    entryPoints: [path], bundle: true, format: 'esm', platform: 'neutral', write: false, target: 'es2022',
    mainFields: ['module', 'main'], jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'error',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}
