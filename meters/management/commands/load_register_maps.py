from typing import Any

from django.core.management.base import BaseCommand

from meters import operations


class Command(BaseCommand):
    help = "Write the register maps that come with the product; a repeat changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        for register_map in operations.load_register_maps():
            self.stdout.write(f"{register_map.code}: {register_map.name}")
