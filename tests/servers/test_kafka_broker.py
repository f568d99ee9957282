"""The test broker itself: a crash of its process loses nothing that it acknowledged."""

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.servers.kafka.broker import KafkaBroker


async def test_what_the_broker_acknowledged_survives_its_crash() -> None:
    with KafkaBroker() as broker:
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
        await admin.start()
        await admin.create_topics([NewTopic("kept", num_partitions=1, replication_factor=1)])
        await admin.close()
        producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, acks="all")
        await producer.start()
        await producer.send_and_wait("kept", b"one")
        await producer.stop()
        broker.kill()
        broker.start()
        consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap_servers, group_id=None)
        await consumer.start()
        consumer.assign([TopicPartition("kept", 0)])
        consumer.seek(TopicPartition("kept", 0), 0)
        record = await consumer.getone()
        await consumer.stop()
        assert record.value == b"one"
