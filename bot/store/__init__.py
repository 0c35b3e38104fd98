"""The only room that knows the database; others use these names and the functions of its files."""

from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import SQLAlchemyError as DatabaseError

__all__ = ["Connection", "DatabaseError", "Row"]
