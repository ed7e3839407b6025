package dev.tideline.routing.datasource;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;

/**
 * A prepared statement that keeps its parameters, so that it can be run on another node.
 *
 * <p>The class is long because JDBC has one method for each kind of parameter.
 */
@SuppressWarnings("deprecation")
abstract class ParameterKeepingStatement extends RoutedStatement implements PreparedStatement {

  /** Sets one parameter of a real statement. */
  @FunctionalInterface
  interface Parameter {
    void setOn(PreparedStatement statement) throws SQLException;
  }

  ParameterKeepingStatement(RoutedConnection connection, StatementMaker maker, int concurrency) {
    super(connection, maker, concurrency);
  }

  /** Keeps a parameter, or sets it at once if the statement is permanently bound. */
  abstract void set(int index, Parameter parameter) throws SQLException;

  /** Like {@link #set}, for a parameter that can be read only once. */
  abstract void setOnce(int index, Parameter parameter) throws SQLException;

  @Override
  public void setArray(int index, Array value) throws SQLException {
    set(index, statement -> statement.setArray(index, value));
  }

  @Override
  public void setAsciiStream(int index, InputStream value) throws SQLException {
    setOnce(index, statement -> statement.setAsciiStream(index, value));
  }

  @Override
  public void setAsciiStream(int index, InputStream value, int number) throws SQLException {
    setOnce(index, statement -> statement.setAsciiStream(index, value, number));
  }

  @Override
  public void setAsciiStream(int index, InputStream value, long length) throws SQLException {
    setOnce(index, statement -> statement.setAsciiStream(index, value, length));
  }

  @Override
  public void setBigDecimal(int index, BigDecimal value) throws SQLException {
    set(index, statement -> statement.setBigDecimal(index, value));
  }

  @Override
  public void setBinaryStream(int index, InputStream value) throws SQLException {
    setOnce(index, statement -> statement.setBinaryStream(index, value));
  }

  @Override
  public void setBinaryStream(int index, InputStream value, int number) throws SQLException {
    setOnce(index, statement -> statement.setBinaryStream(index, value, number));
  }

  @Override
  public void setBinaryStream(int index, InputStream value, long length) throws SQLException {
    setOnce(index, statement -> statement.setBinaryStream(index, value, length));
  }

  @Override
  public void setBlob(int index, InputStream value) throws SQLException {
    setOnce(index, statement -> statement.setBlob(index, value));
  }

  @Override
  public void setBlob(int index, Blob value) throws SQLException {
    set(index, statement -> statement.setBlob(index, value));
  }

  @Override
  public void setBlob(int index, InputStream value, long length) throws SQLException {
    setOnce(index, statement -> statement.setBlob(index, value, length));
  }

  @Override
  public void setBoolean(int index, boolean flag) throws SQLException {
    set(index, statement -> statement.setBoolean(index, flag));
  }

  @Override
  public void setByte(int index, byte value) throws SQLException {
    set(index, statement -> statement.setByte(index, value));
  }

  @Override
  public void setBytes(int index, byte[] value) throws SQLException {
    set(index, statement -> statement.setBytes(index, value));
  }

  @Override
  public void setCharacterStream(int index, Reader value) throws SQLException {
    setOnce(index, statement -> statement.setCharacterStream(index, value));
  }

  @Override
  public void setCharacterStream(int index, Reader value, int number) throws SQLException {
    setOnce(index, statement -> statement.setCharacterStream(index, value, number));
  }

  @Override
  public void setCharacterStream(int index, Reader value, long length) throws SQLException {
    setOnce(index, statement -> statement.setCharacterStream(index, value, length));
  }

  @Override
  public void setClob(int index, Reader value) throws SQLException {
    setOnce(index, statement -> statement.setClob(index, value));
  }

  @Override
  public void setClob(int index, Clob value) throws SQLException {
    set(index, statement -> statement.setClob(index, value));
  }

  @Override
  public void setClob(int index, Reader value, long length) throws SQLException {
    setOnce(index, statement -> statement.setClob(index, value, length));
  }

  @Override
  public void setDate(int index, Date value) throws SQLException {
    set(index, statement -> statement.setDate(index, value));
  }

  @Override
  public void setDate(int index, Date value, Calendar value2) throws SQLException {
    set(index, statement -> statement.setDate(index, value, value2));
  }

  @Override
  public void setDouble(int index, double value) throws SQLException {
    set(index, statement -> statement.setDouble(index, value));
  }

  @Override
  public void setFloat(int index, float value) throws SQLException {
    set(index, statement -> statement.setFloat(index, value));
  }

  @Override
  public void setInt(int index, int number) throws SQLException {
    set(index, statement -> statement.setInt(index, number));
  }

  @Override
  public void setLong(int index, long length) throws SQLException {
    set(index, statement -> statement.setLong(index, length));
  }

  @Override
  public void setNCharacterStream(int index, Reader value) throws SQLException {
    setOnce(index, statement -> statement.setNCharacterStream(index, value));
  }

  @Override
  public void setNCharacterStream(int index, Reader value, long length) throws SQLException {
    setOnce(index, statement -> statement.setNCharacterStream(index, value, length));
  }

  @Override
  public void setNClob(int index, Reader value) throws SQLException {
    setOnce(index, statement -> statement.setNClob(index, value));
  }

  @Override
  public void setNClob(int index, NClob value) throws SQLException {
    set(index, statement -> statement.setNClob(index, value));
  }

  @Override
  public void setNClob(int index, Reader value, long length) throws SQLException {
    setOnce(index, statement -> statement.setNClob(index, value, length));
  }

  @Override
  public void setNString(int index, String text) throws SQLException {
    set(index, statement -> statement.setNString(index, text));
  }

  @Override
  public void setNull(int index, int number) throws SQLException {
    set(index, statement -> statement.setNull(index, number));
  }

  @Override
  public void setNull(int index, int number, String text) throws SQLException {
    set(index, statement -> statement.setNull(index, number, text));
  }

  @Override
  public void setObject(int index, Object value) throws SQLException {
    set(index, statement -> statement.setObject(index, value));
  }

  @Override
  public void setObject(int index, Object value, int number) throws SQLException {
    set(index, statement -> statement.setObject(index, value, number));
  }

  @Override
  public void setObject(int index, Object value, SQLType value2) throws SQLException {
    set(index, statement -> statement.setObject(index, value, value2));
  }

  @Override
  public void setObject(int index, Object value, int number, int number2) throws SQLException {
    set(index, statement -> statement.setObject(index, value, number, number2));
  }

  @Override
  public void setObject(int index, Object value, SQLType value2, int number) throws SQLException {
    set(index, statement -> statement.setObject(index, value, value2, number));
  }

  @Override
  public void setRef(int index, Ref value) throws SQLException {
    set(index, statement -> statement.setRef(index, value));
  }

  @Override
  public void setRowId(int index, RowId value) throws SQLException {
    set(index, statement -> statement.setRowId(index, value));
  }

  @Override
  public void setSQLXML(int index, SQLXML value) throws SQLException {
    set(index, statement -> statement.setSQLXML(index, value));
  }

  @Override
  public void setShort(int index, short value) throws SQLException {
    set(index, statement -> statement.setShort(index, value));
  }

  @Override
  public void setString(int index, String text) throws SQLException {
    set(index, statement -> statement.setString(index, text));
  }

  @Override
  public void setTime(int index, Time value) throws SQLException {
    set(index, statement -> statement.setTime(index, value));
  }

  @Override
  public void setTime(int index, Time value, Calendar value2) throws SQLException {
    set(index, statement -> statement.setTime(index, value, value2));
  }

  @Override
  public void setTimestamp(int index, Timestamp value) throws SQLException {
    set(index, statement -> statement.setTimestamp(index, value));
  }

  @Override
  public void setTimestamp(int index, Timestamp value, Calendar value2) throws SQLException {
    set(index, statement -> statement.setTimestamp(index, value, value2));
  }

  @Override
  public void setURL(int index, URL value) throws SQLException {
    set(index, statement -> statement.setURL(index, value));
  }

  @Override
  public void setUnicodeStream(int index, InputStream value, int number) throws SQLException {
    setOnce(index, statement -> statement.setUnicodeStream(index, value, number));
  }
}
