/**
 * LINE's own OpenAPI descriptions as a judge: does a request fit, strictly?
 *
 * OpenAPI 3.0 becomes JSON Schema 2020-12. Two things need translating: a schema with a discriminator
 * is the schema its mapping names; and nothing but what is described may be there, which
 * `unevaluatedProperties` says where a schema is used, but not where another is built on it (allOf).
 * So there are two forms of each schema: "X" to use, "X~open" to build on.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const METHODS = ['get', 'post', 'put', 'delete'];
const FORMATS = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  uri: (text) => URL.canParse(text),
  'date-time': (text) => !Number.isNaN(Date.parse(text)),
  binary: true, double: true, int32: true, int64: true, 'JPEG or PNG': true,
};

/** One description, and the validator of its schemas. */
class Description {
  constructor(path) {
    const { components, paths, security } = parse(readFileSync(path, 'utf8'));
    this.paths = paths;
    this.security = security;
    this.schemas = components?.schemas ?? {};
    this.ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
    for (const [name, format] of Object.entries(FORMATS)) this.ajv.addFormat(name, format);
    const all = Object.entries(this.schemas)
      .flatMap(([name, schema]) => [[name, this.use(schema)], [`${name}~open`, this.open(schema)]]);
    this.ajv.addSchema({ $id: 'line:', $defs: Object.fromEntries(all) });
    this.validators = new Map();
  }

  /** As a value's whole description: what its type says, and nothing else beside. */
  use(schema) {
    const { discriminator } = schema;
    if (discriminator) return this.choose(discriminator);
    const open = this.open(schema);
    const isObject = schema.properties || schema.allOf;
    return isObject && schema.additionalProperties === undefined ? { ...open, unevaluatedProperties: false } : open;
  }

  /** The schema that the property's value names. */
  choose({ propertyName, mapping }) {
    return {
      type: 'object',
      required: [propertyName],
      properties: { [propertyName]: { enum: Object.keys(mapping) } },
      allOf: Object.entries(mapping).map(([value, ref]) => ({
        if: { properties: { [propertyName]: { const: value } }, required: [propertyName] },
        then: { $ref: this.name(ref) },
      })),
    };
  }

  name(ref, form = '') {
    return `line:#/$defs/${ref.replace('#/components/schemas/', '')}${form}`;
  }

  /** As a part of another. */
  open(schema) {
    if (schema.$ref) return { $ref: this.name(schema.$ref, '~open') };
    const { properties, items, allOf, oneOf, anyOf, additionalProperties, nullable, discriminator, ...rest } = schema;
    const every = (of) => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, this.within(value)]));
    if (nullable) rest.type = [rest.type, 'null'];
    return {
      ...rest,
      ...(properties && { properties: every(properties) }),
      ...(items && { items: this.within(items) }),
      ...(allOf && { allOf: allOf.map((part) => this.open(part)) }),
      ...(oneOf && { anyOf: oneOf.map((one) => this.within(one)) }),
      ...(anyOf && { anyOf: anyOf.map((one) => this.within(one)) }),
      ...(additionalProperties && { additionalProperties: additionalProperties === true || this.within(additionalProperties) }),
    };
  }

  within(schema) {
    return schema.$ref ? { $ref: this.name(schema.$ref) } : this.use(schema);
  }

  /** What is wrong with a value, in words; [] for nothing. */
  problems(schema, value, where) {
    if (!this.validators.has(schema)) this.validators.set(schema, this.ajv.compile(this.within(schema)));
    const validate = this.validators.get(schema);
    if (validate(value)) return [];
    return validate.errors.filter(({ keyword }) => !['if', 'anyOf'].includes(keyword))
      .map(({ instancePath, message, params }) =>
        `${where}${instancePath} ${message}${params.unevaluatedProperty ? ` (${params.unevaluatedProperty})` : ''}`);
  }
}

/** The values of the template's {names}, or null; `literals` counts what had to be equal. */
function match(template, path) {
  const wanted = template.split('/'), given = path.split('/');
  if (wanted.length !== given.length) return null;
  const values = {};
  let literals = 0;
  for (const [i, word] of wanted.entries()) {
    if (/^\{.+\}$/.test(word)) {
      if (given[i] === '') return null;
      values[word.slice(1, -1)] = decodeURIComponent(given[i]);
    } else if (word !== given[i]) {
      return null;
    } else {
      literals++;
    }
  }
  return { values, literals };
}

/** "12" is a number where a number is asked for; a name given twice is a list. */
function typed(text, schema) {
  return schema?.type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text;
}

function entriesOf(encoded) {
  const values = {};
  for (const [name, value] of new URLSearchParams(encoded))
    values[name] = name in values ? [values[name], value].flat() : value;
  return values;
}

export class Line {
  /** All .yml files of the folder, and `more` files beside. */
  constructor(folder, more = []) {
    const files = readdirSync(folder).filter((name) => name.endsWith('.yml') && name !== 'webhook.yml').map((name) => join(folder, name));
    this.descriptions = [...files, ...more].map((path) => new Description(path));
    this.webhook = new Description(join(folder, 'webhook.yml'));
  }

  /** The endpoints of that method and path; the one with the fewest {names} in its path wins. */
  find(method, path) {
    const found = [];
    for (const description of this.descriptions) {
      for (const [template, item] of Object.entries(description.paths)) {
        const matched = match(template, path);
        if (matched && item[method.toLowerCase()] && METHODS.includes(method.toLowerCase()))
          found.push({ description, template, item, operation: item[method.toLowerCase()], ...matched });
      }
    }
    const most = Math.max(...found.map(({ literals }) => literals));
    return found.filter(({ literals }) => literals === most);
  }

  /**
   * A request as line-sim records it: {method, path, query, headers, body}. What is wrong with it in
   * words ([] when it fits), and which endpoint it is of. Where two descriptions have the same
   * address, one has to fit.
   */
  judge(request) {
    const found = this.find(request.method, request.path);
    const endpoint = `${request.method} ${found[0]?.template ?? request.path}`;
    if (found.length === 0) return { endpoint, problems: ['no such method and path'] };
    const verdicts = found.map((one) => this.problemsOf(one, request));
    return { endpoint, problems: verdicts.find((problems) => problems.length === 0) ?? verdicts[0] };
  }

  problemsOf(found, request) {
    const { description, operation } = found;
    const security = operation.security ?? description.security ?? [];
    const problems = [...this.parameterProblems(found, request), ...this.bodyProblems(found, request)];
    if (security.some((one) => 'Bearer' in one) && request.headers.Authorization !== 'Bearer')
      problems.push('no "Authorization: Bearer"');
    return problems;
  }

  parameterProblems({ description, item, operation, values }, { query, headers }) {
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
    const given = { path: values, query: entriesOf(query), header: headers };
    const problems = [];
    for (const { name, in: where, required, schema } of parameters) {
      const value = given[where]?.[name];
      if (value === undefined && required) problems.push(`${where} ${name} is missing`);
      if (value !== undefined) problems.push(...description.problems(schema, typed(value, schema), `${where} ${name}`));
    }
    const knows = (where, name) => parameters.some((one) => one.in === where && one.name.toLowerCase() === name.toLowerCase());
    for (const name of Object.keys(given.query))
      if (!knows('query', name)) problems.push(`query ${name} is not described`);
    for (const name of Object.keys(headers))
      if (/^x-line-/i.test(name) && !knows('header', name)) problems.push(`header ${name} is not described for this endpoint`);
    return problems;
  }

  bodyProblems({ description, operation }, { headers, body, bytes }) {
    const isEmpty = bytes === undefined && (body ?? '') === '';
    const { content, required } = operation.requestBody ?? {};
    if (!content) return isEmpty ? [] : ['a body, where none is described'];
    if (isEmpty) return required ? ['no body'] : [];
    const type = (headers['Content-Type'] ?? '').split(';')[0].trim().toLowerCase();
    const schema = (content[type] ?? content['*/*'])?.schema;
    if (!schema) return [`content type ${type || 'missing'}, wanted: ${Object.keys(content).join(' or ')}`];
    if (content['*/*']) return [];
    if (bytes !== undefined) return ['the body is not UTF-8'];
    if (type === 'application/x-www-form-urlencoded') return description.problems(schema, entriesOf(body), 'form');
    try {
      return description.problems(schema, JSON.parse(body), 'body');
    } catch (problem) {
      return [`the body is not JSON: ${problem.message}`];
    }
  }

  /** The other direction: an answer of line-sim's, {status, body} with the body as parsed JSON. */
  judgeAnswer({ method, path }, { status, body }) {
    const verdicts = this.find(method, path).map(({ description, operation }) => {
      const answer = operation.responses?.[status];
      if (!answer) return [`${status} is not described`];
      const schema = answer.content?.['application/json']?.schema;
      return schema ? description.problems(schema, body, 'answer') : [];
    });
    return verdicts.find((problems) => problems.length === 0) ?? verdicts[0] ?? ['no such method and path'];
  }

  /** A webhook's body against webhook.yml. */
  judgeWebhook(body) {
    return this.webhook.problems({ $ref: '#/components/schemas/CallbackRequest' }, body, 'body');
  }
}
