import type { Json } from '#canonical/json.ts';
import { isObject } from './collections.ts';
import { PlatformFault } from './platform-fault.ts';
import { asText } from './schema.ts';

const mostGraphs = 75;
/** Requests of all graphs together. */
export const mostNodes = 500;

/** Answers the graphs of a request, each all or nothing, by running each as a composite of its own. */
export function graphAnswer(body: Json, composite: (body: Json) => Json): Json {
  const graphs = isObject(body) ? body['graphs'] : undefined;
  if (!Array.isArray(graphs)) throw new PlatformFault('JSON_PARSER_ERROR', 'graphs: array expected');
  if (graphs.length > mostGraphs)
    throw new PlatformFault('BAD_REQUEST', `Limit of ${mostGraphs} graphs exceeded`);
  const nodes = (graphs as readonly Json[]).map((graph) =>
    isObject(graph) && Array.isArray(graph['compositeRequest']) ? graph['compositeRequest'] : [],
  );
  const count = nodes.reduce<number>((sum, list) => sum + list.length, 0);
  if (count > mostNodes)
    throw new PlatformFault('BAD_REQUEST', `Limit of ${mostNodes} nodes exceeded: ${count}`);
  return {
    graphs: (graphs as readonly Json[]).map((graph, index) => {
      const answer = composite({ allOrNone: true, compositeRequest: nodes[index] ?? [] });
      const responses = isObject(answer) ? answer['compositeResponse'] : [];
      const isSuccessful =
        Array.isArray(responses) &&
        (responses as readonly Json[]).every(
          (response) => isObject(response) && Number(response['httpStatusCode']) < 300,
        );
      return {
        graphId: isObject(graph) ? asText(graph['graphId']) : '',
        graphResponse: { compositeResponse: responses ?? [] },
        isSuccessful,
      };
    }),
  };
}
