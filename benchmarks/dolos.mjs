// Similarities by @dodona/dolos-lib, for benchmarks/similarity.py: `node dolos.mjs FOLDER_WITH_NODE_MODULES`.
// Standard input: {"files": [path], "ignored": path or null, "pairs": [[place, place]]}; output: one number for each pair.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const lib = createRequire(`${process.argv[2]}/package.json`).resolve.paths("@dodona/dolos-lib")[0];
const { Dolos } = await import(pathToFileURL(`${lib}/@dodona/dolos-lib/dist/index.js`));
const { files, ignored, pairs } = JSON.parse(readFileSync(0, "utf8"));
const report = await new Dolos({ language: "python" }).analyzePaths(files, ignored ?? undefined);
const read = new Map(report.files.map((file) => [file.path, file]));
const sides = files.map((path) => read.get(path));
console.log(JSON.stringify(pairs.map(([one, other]) => report.getPair(sides[one], sides[other]).similarity)));
