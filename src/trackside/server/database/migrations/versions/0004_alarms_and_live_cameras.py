"""Alarms and live cameras"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("camera", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("pipeline", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("track", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("time", sa.Double(), nullable=False),
        sa.Column("wall", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("picture", sa.String(length=300), nullable=False),
        sa.Column("clip", sa.String(length=300), nullable=False),
        sa.Column("clip_problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.create_index("ix_alarm_camera_rule_wall", ["camera", "rule", "wall"], unique=False)
        batch_op.create_index("ix_alarm_day", ["day"], unique=False)
        batch_op.create_index("ix_alarm_state_wall_id", ["state", "wall", "id"], unique=False)
        batch_op.create_index("ix_alarm_wall_id", ["wall", "id"], unique=False)

    op.create_table(
        "alarm_channel",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("cameras", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("least_score", sa.Double(), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_channel")),
    )
    op.create_table(
        "alarm_snooze",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("camera", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_snooze")),
    )
    with op.batch_alter_table("alarm_snooze", schema=None) as batch_op:
        batch_op.create_index("uq_alarm_snooze_camera_rule", ["camera", "rule"], unique=True)

    op.create_table(
        "camera",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_camera")),
    )
    op.create_table(
        "camera_day",
        sa.Column("camera", sa.String(length=60), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("camera", "day", name=op.f("pk_camera_day")),
    )
    op.create_table(
        "label_task",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("alarm_id", sa.String(length=32), nullable=False),
        sa.Column("camera", sa.String(length=60), nullable=False),
        sa.Column("picture", sa.String(length=300), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("claimed", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("wall", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=100), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_task")),
    )
    with op.batch_alter_table("label_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_label_task_alarm_id"), ["alarm_id"], unique=False)
        batch_op.create_index("ix_label_task_state_created_id", ["state", "created", "id"], unique=False)

    op.create_table(
        "alarm_delivery",
        sa.Column("place", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("alarm_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name=op.f("fk_alarm_delivery_alarm_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["alarm_channel.id"], name=op.f("fk_alarm_delivery_channel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_alarm_delivery")),
    )
    with op.batch_alter_table("alarm_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alarm_delivery_alarm_id"), ["alarm_id"], unique=False)
        batch_op.create_index("ix_alarm_delivery_channel_id_state_place", ["channel_id", "state", "place"], unique=False)

    op.create_table(
        "alarm_note",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("alarm_id", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name=op.f("fk_alarm_note_alarm_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_note")),
    )
    with op.batch_alter_table("alarm_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alarm_note_alarm_id"), ["alarm_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("alarm_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alarm_note_alarm_id"))

    op.drop_table("alarm_note")
    with op.batch_alter_table("alarm_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_alarm_delivery_channel_id_state_place")
        batch_op.drop_index(batch_op.f("ix_alarm_delivery_alarm_id"))

    op.drop_table("alarm_delivery")
    with op.batch_alter_table("label_task", schema=None) as batch_op:
        batch_op.drop_index("ix_label_task_state_created_id")
        batch_op.drop_index(batch_op.f("ix_label_task_alarm_id"))

    op.drop_table("label_task")
    op.drop_table("camera_day")
    op.drop_table("camera")
    with op.batch_alter_table("alarm_snooze", schema=None) as batch_op:
        batch_op.drop_index("uq_alarm_snooze_camera_rule")

    op.drop_table("alarm_snooze")
    op.drop_table("alarm_channel")
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.drop_index("ix_alarm_wall_id")
        batch_op.drop_index("ix_alarm_state_wall_id")
        batch_op.drop_index("ix_alarm_day")
        batch_op.drop_index("ix_alarm_camera_rule_wall")

    op.drop_table("alarm")
