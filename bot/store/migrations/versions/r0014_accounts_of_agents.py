"""who of the agents a user of Slack or Feishu is"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_accounts",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_accounts_agent_id")),
        sa.PrimaryKeyConstraint("channel", "user_id", name=op.f("pk_agent_accounts")),
    )
    with op.batch_alter_table("agent_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_accounts_agent_id"), ["agent_id"], unique=False)
    # They were beside what connectors remember, as `slack:U01`.
    memory = sa.table("connector_memory", sa.column("channel"), sa.column("key"), sa.column("value"))
    agents = sa.table("agents", sa.column("id"))
    accounts = sa.table("agent_accounts", sa.column("channel"), sa.column("user_id"), sa.column("agent_id"))
    known = sa.select(agents.c.id)
    mine = memory.c.channel == "staff"
    rows = op.get_bind().execute(
        sa.select(memory.c.key, memory.c.value).where(mine, memory.c.value.in_(known))
    )
    for key, agent_id in rows.all():
        channel, _, user = key.partition(":")
        op.execute(accounts.insert().values(channel=channel, user_id=user, agent_id=agent_id))
    op.execute(memory.delete().where(mine))
