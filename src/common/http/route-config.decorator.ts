import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';

/** Adds to what the route is configured with; the framework's own decorator would replace it. */
export function AddRouteConfig(values: object): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const present = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, descriptor.value as object) as object;
    RouteConfig({ ...present, ...values })(target, key, descriptor);
  };
}
