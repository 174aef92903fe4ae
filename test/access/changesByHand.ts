import { SEED_IDS } from "../../emulator/entra/seedDirectory";
import type { ReportWorld } from "./reportWorld";

const KIM = "kim@contoso.onmicrosoft.com";
const OLGA = "olga@contoso.onmicrosoft.com";

/** What somebody in a hurry does, and what the stack knows nothing of. */
export async function changeByHand({ azure, administrator, superuser }: ReportWorld): Promise<void> {
    await administrator([
        `select pgaadauth_create_principal_with_oid('${OLGA}', '${SEED_IDS.olga}', 'user', false, false)`,
        `grant orders_readwrite to "${OLGA}"`,
        `grant orders_owner to "billing-api"`,
        "create role shadow",
        `grant shadow to "orders-api"`,
        `alter role "orders-api" createdb`,
        `revoke analytics_readonly from "Prod DB Readonly"`,
        `security label for "pgaadauth" on role "${KIM}" is 'aadauth,oid=${SEED_IDS.kim},type=user'`,
        "create database scratch",
        `drop role "reporting-job"`,
    ]);
    await superuser("create role legacy_app login password 'only-for-this-test'");
    await superuser("grant connect on database orders to public");
    await superuser("revoke connect on database billing from billing_readonly");
    await superuser("grant create on schema public to public", "analytics");
    await superuser("grant delete on public.orders to orders_readonly", "orders");
    await superuser(`grant update (item) on public.orders to "billing-api"`, "orders");
    await superuser("revoke select on public.items from orders_readwrite", "orders");
    const later =
        "alter default privileges for role orders_owner grant truncate on tables to orders_readonly";
    await superuser(later, "orders");
    azure.directory.remove(SEED_IDS.guest);
}
