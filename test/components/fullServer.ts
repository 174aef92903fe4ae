import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { FlexibleServer, type FlexibleServerArgs } from "../../components/index";
import { record } from "./recorder";
import { ada, admins, deployer, serverArgs } from "./serverArgs";

export const make = (args: FlexibleServerArgs, opts?: ComponentResourceOptions) =>
    record(() => new FlexibleServer("pg", args, opts));

export const everything = serverArgs({
    administrators: [deployer, ada, admins],
    network: { publicNetworkAccess: true },
    firewallRules: [
        { name: "office", startIpAddress: "203.0.113.1", endIpAddress: "203.0.113.9" },
        { name: "home", startIpAddress: "198.51.100.7", endIpAddress: "198.51.100.7" },
    ],
    parameters: { log_connections: "on", "pgaudit.log": "ddl" },
    databases: [{ name: "orders" }, { name: "billing", charset: "UTF8", collation: "C" }],
});

/** The server with all of that, made once. */
let made: ReturnType<typeof make> | undefined;
export const full = () => (made ??= make(everything));
