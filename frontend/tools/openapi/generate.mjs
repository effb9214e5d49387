// Writes src/api/{auth,chat,analytics}.d.ts from the OpenAPI documents that the services export to docs/api.
// With --check it writes nothing and fails when a file is not what it would write. It lives in a folder of its
// own because openapi-typescript needs TypeScript 5 and the page is checked with TypeScript 7.

import { readFile, writeFile } from "node:fs/promises";
import { argv, exit, stderr } from "node:process";
import openapiTS, { astToString } from "openapi-typescript";

const SERVICES = ["auth", "chat", "analytics"];
const isCheck = argv.includes("--check");
const stale = [];

for (const service of SERVICES) {
  const document = new URL(`../../../docs/api/${service}-service.json`, import.meta.url);
  const target = new URL(`../../src/api/${service}.d.ts`, import.meta.url);
  const types = await openapiTS(document, { alphabetize: true });
  const text = `// Generated from docs/api/${service}-service.json by tools/openapi. Do not edit.\n\n${astToString(types)}`;
  if (!isCheck) await writeFile(target, text);
  else if ((await readFile(target, "utf8").catch(() => "")) !== text) stale.push(service);
}

if (stale.length > 0) {
  stderr.write(
    `Types of ${stale.join(", ")} are not what docs/api says: run \`npm run generate\` in tools/openapi.\n`,
  );
  exit(1);
}
